//! A connection to the broker with a channel per consumer. It does not reconnect.

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

use super::wait_for_shutdown;
use crate::DemoWorker;

/// Concurrent tasks per queue, as in the in-process queue.
const CONSUMERS_PER_QUEUE: usize = 2;
/// Timeout for a call to the broker.
const CALL_TIMEOUT: Duration = Duration::from_secs(2);
/// Time after shutdown to finish the current task.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(4);
/// Delay before a task is requeued.
const REQUEUE_DELAY: Duration = Duration::from_secs(1);

/// The connection or one of its channels was closed.
#[derive(Debug)]
pub(super) struct ConnectionLost;

pub(super) struct BrokerConnection {
    connection: Connection,
    consumers: Vec<Consumer>,
}

impl BrokerConnection {
    /// Connects and starts the consumers of both queues. The error does not contain the password.
    pub(super) async fn open(settings: &Settings) -> Result<Self, String> {
        within(settings.timeouts.connect, async {
            let connection = connect(settings, "stylelicense demo worker").await?;
            connection.register_callback(DefaultConnectionCallback).await?;
            let mut consumers = Vec::new();
            for topic in Topic::all() {
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

    /// Consumes until shutdown. If a channel is closed, the current tasks of all consumers are canceled.
    pub(super) async fn consume(
        &mut self,
        worker: &DemoWorker,
        shutdown: &watch::Receiver<bool>,
    ) -> Result<(), ConnectionLost> {
        let consumers = self.consumers.iter_mut();
        try_join_all(consumers.map(|consumer| consumer.consume(worker, shutdown.clone()))).await?;
        Ok(())
    }

    /// Closes the connection. The broker requeues unacknowledged tasks.
    ///
    /// The channels are not closed separately, because amqprs fails if a message is delivered to a closed channel. They
    /// are dropped after the connection has closed them, so that their `drop` does not close them again.
    pub(super) async fn close(mut self) {
        match within(CALL_TIMEOUT, self.connection.close()).await {
            Ok(()) => {
                let closed = join_all(self.consumers.iter_mut().map(Consumer::closed));
                let _ = timeout(CALL_TIMEOUT, closed).await;
            }
            Err(reason) => tracing::debug!(reason, "cannot close the connection to the broker"),
        }
    }
}

enum Settlement {
    Ack,
    Requeue,
    Reject,
}

/// Consumes the tasks of a queue sequentially.
struct Consumer {
    topic: Topic,
    channel: Channel,
    /// Closed with the channel, that is with the connection or if the queue is deleted.
    tasks: UnboundedReceiver<ConsumerMessage>,
}

impl Consumer {
    /// Declares the queue like every worker: durable, without arguments. The prefetch count is 1.
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

    async fn consume(
        &mut self,
        worker: &DemoWorker,
        mut shutdown: watch::Receiver<bool>,
    ) -> Result<(), ConnectionLost> {
        loop {
            let task = tokio::select! {
                biased;
                () = wait_for_shutdown(&mut shutdown) => return Ok(()),
                task = self.tasks.recv() => task.ok_or(ConnectionLost)?,
            };
            // amqprs sets both fields in every message.
            let tag = task.deliver.ok_or(ConnectionLost)?.delivery_tag();
            let body = task.content.unwrap_or_default();
            let topic = self.topic;
            let settlement = tokio::select! {
                settlement = run_task(worker, topic, &body) => settlement,
                () = self.closed() => return Err(ConnectionLost),
                () = drain_timeout(&mut shutdown) => {
                    tracing::warn!(queue = topic.as_str(), "a task was not finished before shutdown and is requeued");
                    return Ok(());
                }
            };
            if matches!(settlement, Settlement::Requeue) {
                tokio::select! {
                    () = sleep(REQUEUE_DELAY) => {}
                    () = self.closed() => return Err(ConnectionLost),
                    () = wait_for_shutdown(&mut shutdown) => {}
                }
            }
            self.settle(tag, settlement).await?;
        }
    }

    /// The broker does not confirm this. If it is lost, the connection is lost too, and the task is redelivered.
    async fn settle(&self, tag: u64, settlement: Settlement) -> Result<(), ConnectionLost> {
        let channel = &self.channel;
        let sent = within(CALL_TIMEOUT, async {
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
            tracing::debug!(reason, queue = self.topic.as_str(), "cannot settle a task");
            ConnectionLost
        })
    }

    /// Waits until the channel is closed. Does not drop tasks: with a prefetch count of 1, the broker delivers the next
    /// task after the current one is settled.
    async fn closed(&mut self) {
        while self.tasks.recv().await.is_some() {}
    }
}

async fn run_task(worker: &DemoWorker, topic: Topic, body: &[u8]) -> Settlement {
    let queue = topic.as_str();
    match worker.run_task(topic, body).await {
        Ok(()) => Settlement::Ack,
        Err(error) if error.is_retryable() => {
            tracing::warn!(queue, %error, "a task is requeued");
            Settlement::Requeue
        }
        Err(error) => {
            tracing::error!(queue, %error, "a task is rejected");
            Settlement::Reject
        }
    }
}

async fn drain_timeout(shutdown: &mut watch::Receiver<bool>) {
    wait_for_shutdown(shutdown).await;
    sleep(DRAIN_TIMEOUT).await;
}
