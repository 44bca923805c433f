//! One connection to the broker, with a channel for every consumer. Once lost it stays lost.

use std::time::Duration;

use adapter_rabbitmq::{Settings, connect, within};
use amqprs::callbacks::{DefaultChannelCallback, DefaultConnectionCallback};
use amqprs::channel::{
    BasicAckArguments, BasicConsumeArguments, BasicNackArguments, BasicQosArguments, BasicRejectArguments,
    Channel, ConsumerMessage, QueueDeclareArguments,
};
use amqprs::connection::Connection;
use domain::workers::Topic;
use futures_util::future::{join_all, try_join_all};
use tokio::sync::{mpsc::UnboundedReceiver, watch};
use tokio::time::{sleep, timeout};

use super::stopped;
use crate::DemoWorker;

/// Tasks of one queue that are worked on at the same time, as with the queue in process.
const CONSUMERS_PER_QUEUE: usize = 2;
/// For one call to the broker.
const CALL: Duration = Duration::from_secs(2);
/// How long a task under way may go on after a stop.
const FINISH: Duration = Duration::from_secs(4);
/// Before a task that may succeed later goes back to its queue.
const REQUEUE_DELAY: Duration = Duration::from_secs(1);

/// The connection, or a channel of it, has ended.
#[derive(Debug)]
pub(super) struct Lost;

pub(super) struct Link {
    connection: Connection,
    consumers: Vec<Consumer>,
}

impl Link {
    /// Connects and starts the consumers of both queues. The reason of a failure holds no password.
    pub(super) async fn open(settings: &Settings) -> Result<Self, String> {
        within(settings.timeouts.connect, async {
            let connection = connect(settings, "stylelicense demo worker").await?;
            connection.register_callback(DefaultConnectionCallback).await?;
            let mut consumers = Vec::new();
            for topic in Topic::ALL {
                for _ in 0..CONSUMERS_PER_QUEUE {
                    consumers.push(Consumer::open(&connection, topic).await?);
                }
            }
            Ok(Self {
                connection,
                consumers,
            })
        })
        .await
    }

    /// Works until stopped, or until one of the channels is lost: then the work of all consumers is dropped.
    pub(super) async fn work(
        &mut self,
        worker: &DemoWorker,
        stopping: &watch::Receiver<bool>,
    ) -> Result<(), Lost> {
        let consumers = self.consumers.iter_mut();
        try_join_all(consumers.map(|consumer| consumer.work(worker, stopping.clone()))).await?;
        Ok(())
    }

    /// Closes the connection, if the broker still answers. Unacknowledged tasks go back to their queues.
    ///
    /// Closes the connection only: a task delivered to a channel that was closed before would break the client
    /// library. The channels end with it, and are dropped after that, so that they do not close themselves.
    pub(super) async fn close(mut self) {
        match within(CALL, self.connection.close()).await {
            Ok(()) => {
                let ends = join_all(self.consumers.iter_mut().map(Consumer::lost));
                let _ = timeout(CALL, ends).await;
            }
            Err(reason) => tracing::debug!(reason, "the connection to the broker was not closed in order"),
        }
    }
}

/// How a delivery is settled.
enum Settlement {
    Ack,
    Requeue,
    Reject,
}

/// Takes one task after another from its queue.
struct Consumer {
    topic: Topic,
    channel: Channel,
    /// Ends when the channel does: with the connection, or because the queue was deleted.
    tasks: UnboundedReceiver<ConsumerMessage>,
}

impl Consumer {
    /// Declares the queue as every worker does, durable and without arguments, with a prefetch of one.
    async fn open(connection: &Connection, topic: Topic) -> Result<Self, amqprs::error::Error> {
        let queue = topic.as_str();
        let channel = connection.open_channel(None).await?;
        channel.register_callback(DefaultChannelCallback).await?;
        let declare = QueueDeclareArguments::durable_client_named(queue);
        channel.queue_declare(declare).await?;
        channel.basic_qos(BasicQosArguments::new(0, 1, false)).await?;
        let consume = BasicConsumeArguments::new(queue, "").manual_ack(true).finish();
        let (_, tasks) = channel.basic_consume_rx(consume).await?;
        Ok(Self {
            topic,
            channel,
            tasks,
        })
    }

    async fn work(&mut self, worker: &DemoWorker, mut stopping: watch::Receiver<bool>) -> Result<(), Lost> {
        loop {
            let task = tokio::select! {
                biased;
                () = stopped(&mut stopping) => return Ok(()),
                task = self.tasks.recv() => task.ok_or(Lost)?,
            };
            // The client library fills in both in every message.
            let tag = task.deliver.ok_or(Lost)?.delivery_tag();
            let body = task.content.unwrap_or_default();
            let topic = self.topic;
            let settlement = tokio::select! {
                settlement = work_on(worker, topic, &body) => settlement,
                () = self.lost() => return Err(Lost),
                () = overdue(&mut stopping) => {
                    tracing::warn!(queue = topic.as_str(), "a task was not finished in time and goes back to its queue");
                    return Ok(());
                }
            };
            if matches!(settlement, Settlement::Requeue) {
                tokio::select! {
                    () = sleep(REQUEUE_DELAY) => {}
                    () = self.lost() => return Err(Lost),
                    () = stopped(&mut stopping) => {}
                }
            }
            self.settle(tag, settlement).await?;
        }
    }

    /// The broker does not confirm this; if it gets lost, so does the connection, and the task is delivered again.
    async fn settle(&self, tag: u64, settlement: Settlement) -> Result<(), Lost> {
        let channel = &self.channel;
        let sent = within(CALL, async {
            match settlement {
                Settlement::Ack => channel.basic_ack(BasicAckArguments::new(tag, false)).await,
                Settlement::Requeue => {
                    channel
                        .basic_nack(BasicNackArguments::new(tag, false, true))
                        .await
                }
                Settlement::Reject => channel.basic_reject(BasicRejectArguments::new(tag, false)).await,
            }
        });
        sent.await.map_err(|reason| {
            tracing::debug!(reason, queue = self.topic.as_str(), "a task could not be settled");
            Lost
        })
    }

    /// Waits for the end of the channel. No task is missed meanwhile: the broker sends none before the last one
    /// is settled.
    async fn lost(&mut self) {
        while self.tasks.recv().await.is_some() {}
    }
}

async fn work_on(worker: &DemoWorker, topic: Topic, body: &[u8]) -> Settlement {
    let queue = topic.as_str();
    match worker.work(topic, body).await {
        Ok(()) => Settlement::Ack,
        Err(error) if error.is_retryable() => {
            tracing::warn!(queue, %error, "a task goes back to its queue");
            Settlement::Requeue
        }
        Err(error) => {
            tracing::error!(queue, %error, "a task cannot be done and is rejected");
            Settlement::Reject
        }
    }
}

async fn overdue(stopping: &mut watch::Receiver<bool>) {
    stopped(stopping).await;
    sleep(FINISH).await;
}
