//! One connection to the broker, with a channel for every hand that works. Once lost it stays lost.

use std::future::Future;
use std::time::Duration;

use amqprs::callbacks::{DefaultChannelCallback, DefaultConnectionCallback};
use amqprs::channel::{
    BasicAckArguments, BasicConsumeArguments, BasicNackArguments, BasicQosArguments, BasicRejectArguments,
    Channel, ConsumerMessage, QueueDeclareArguments,
};
use amqprs::connection::{Connection, OpenConnectionArguments};
use futures_util::future::{join_all, try_join_all};
use secrecy::ExposeSecret;
use tokio::sync::{mpsc::UnboundedReceiver, watch};
use tokio::time::{sleep, timeout};
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use super::address::Address;
use super::stopped;
use crate::DemoWorker;
use crate::task::{GENERATION_QUEUE, TRAINING_QUEUE};

/// Tasks of one queue that are worked on at the same time, as with the queue in process.
const HANDS: usize = 2;
/// For connecting, logging in and opening all channels.
const CONNECT: Duration = Duration::from_secs(5);
/// For one word to the broker.
const CALL: Duration = Duration::from_secs(2);
/// How long a task under way may go on after the word to stop.
const FINISH: Duration = Duration::from_secs(4);
/// Before a task that may succeed later goes back to its queue.
const LATER: Duration = Duration::from_secs(1);
/// Seconds between signs of life: a broker that fell silent is given up after two of these.
const HEARTBEAT: u16 = 10;

/// The connection, or a channel of it, has ended.
#[derive(Debug)]
pub(super) struct Lost;

/// A connection and the hands that work over it.
pub(super) struct Link {
    connection: Connection,
    hands: Vec<Hand>,
}

impl Link {
    /// Connects and asks for the tasks of both queues. The reason of a failure holds no password.
    pub(super) async fn open(address: &Address) -> Result<Self, String> {
        within(CONNECT, async {
            // The client library logs each frame at the finest level, the login with its password among them.
            let connection = Connection::open(&arguments(address))
                .with_subscriber(NoSubscriber::default())
                .await?;
            connection.register_callback(DefaultConnectionCallback).await?;
            let mut hands = Vec::new();
            for queue in [TRAINING_QUEUE, GENERATION_QUEUE] {
                for _ in 0..HANDS {
                    hands.push(Hand::open(&connection, queue).await?);
                }
            }
            Ok(Self { connection, hands })
        })
        .await
    }

    /// Works until told to stop, or until one of the channels is lost: then the work of all hands is dropped.
    pub(super) async fn work(
        &mut self,
        worker: &DemoWorker,
        stopping: &watch::Receiver<bool>,
    ) -> Result<(), Lost> {
        let hands = self.hands.iter_mut();
        try_join_all(hands.map(|hand| hand.work(worker, stopping.clone()))).await?;
        Ok(())
    }

    /// Says goodbye, if anybody still listens. What was not acknowledged goes back to its queue.
    ///
    /// Closes the connection only: a task delivered to a channel that was closed before would break the client
    /// library. The channels end with it, and are let go after that, so that they do not close themselves.
    pub(super) async fn close(mut self) {
        match within(CALL, self.connection.close()).await {
            Ok(()) => {
                let ends = join_all(self.hands.iter_mut().map(Hand::lost));
                let _ = timeout(CALL, ends).await;
            }
            Err(reason) => tracing::debug!(reason, "the connection to the broker was not closed in order"),
        }
    }
}

/// What is to become of a task.
enum Verdict {
    Done,
    Later,
    Never,
}

/// Takes one task after another from its queue.
struct Hand {
    queue: &'static str,
    channel: Channel,
    /// Ends when the channel does: with the connection, or because the queue was deleted.
    tasks: UnboundedReceiver<ConsumerMessage>,
}

impl Hand {
    /// Declares the queue as every worker does, durable and without arguments, and asks for its tasks one at a
    /// time.
    async fn open(connection: &Connection, queue: &'static str) -> Result<Self, amqprs::error::Error> {
        let channel = connection.open_channel(None).await?;
        channel.register_callback(DefaultChannelCallback).await?;
        let declare = QueueDeclareArguments::durable_client_named(queue);
        channel.queue_declare(declare).await?;
        channel.basic_qos(BasicQosArguments::new(0, 1, false)).await?;
        let consume = BasicConsumeArguments::new(queue, "").manual_ack(true).finish();
        let (_, tasks) = channel.basic_consume_rx(consume).await?;
        Ok(Self {
            queue,
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
            let queue = self.queue;
            let verdict = tokio::select! {
                verdict = judged(worker, queue, &body) => verdict,
                () = self.lost() => return Err(Lost),
                () = overdue(&mut stopping) => {
                    tracing::warn!(queue, "a task was not finished in time and goes back to its queue");
                    return Ok(());
                }
            };
            if matches!(verdict, Verdict::Later) {
                tokio::select! {
                    () = sleep(LATER) => {}
                    () = self.lost() => return Err(Lost),
                    () = stopped(&mut stopping) => {}
                }
            }
            self.settle(tag, verdict).await?;
        }
    }

    /// Tells the broker. It does not answer; if this gets lost, so does the connection, and the task comes
    /// again.
    async fn settle(&self, tag: u64, verdict: Verdict) -> Result<(), Lost> {
        let channel = &self.channel;
        let told = within(CALL, async {
            match verdict {
                Verdict::Done => channel.basic_ack(BasicAckArguments::new(tag, false)).await,
                Verdict::Later => {
                    channel
                        .basic_nack(BasicNackArguments::new(tag, false, true))
                        .await
                }
                Verdict::Never => channel.basic_reject(BasicRejectArguments::new(tag, false)).await,
            }
        });
        told.await.map_err(|reason| {
            tracing::debug!(reason, queue = self.queue, "a task could not be settled");
            Lost
        })
    }

    /// Waits for the end of the channel. No task is missed meanwhile: the broker sends none before the last one
    /// is settled.
    async fn lost(&mut self) {
        while self.tasks.recv().await.is_some() {}
    }
}

async fn judged(worker: &DemoWorker, queue: &str, body: &[u8]) -> Verdict {
    match worker.work(queue, body).await {
        Ok(()) => Verdict::Done,
        Err(error) if error.may_pass() => {
            tracing::warn!(queue, %error, "a task goes back to its queue");
            Verdict::Later
        }
        Err(error) => {
            tracing::error!(queue, %error, "a task cannot be done and is rejected");
            Verdict::Never
        }
    }
}

async fn overdue(stopping: &mut watch::Receiver<bool>) {
    stopped(stopping).await;
    sleep(FINISH).await;
}

fn arguments(address: &Address) -> OpenConnectionArguments {
    let password = address.password.expose_secret();
    OpenConnectionArguments::new(&address.host, address.port, &address.user, password)
        .virtual_host(&address.vhost)
        .connection_name("stylelicense demo worker")
        .heartbeat(HEARTBEAT)
        .finish()
}

/// Something asked of the broker, bounded in time.
async fn within<T>(
    patience: Duration,
    call: impl Future<Output = Result<T, amqprs::error::Error>>,
) -> Result<T, String> {
    match timeout(patience, call).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {patience:?}")),
    }
}
