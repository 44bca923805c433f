//! One connection to the broker with one confirming channel. Once lost it stays lost; the publisher makes a new one.

use std::collections::HashSet;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use amqprs::BasicProperties;
use amqprs::channel::{BasicPublishArguments, Channel, ConfirmSelectArguments, QueueDeclareArguments};
use amqprs::connection::{Connection, OpenConnectionArguments};
use domain::workers::Topic;
use domain::workers::{Delivery, OutgoingTask};
use secrecy::ExposeSecret;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use crate::callbacks::{ChannelEvents, ConnectionEvents, PendingConfirms};
use crate::settings::{SHORTEST_HEARTBEAT, Settings, Timeouts};

/// The verdict of the broker about one message, and until when it is waited for.
struct Answer {
    verdict: oneshot::Receiver<Delivery>,
    deadline: Instant,
}

/// A connection and its channel.
pub(crate) struct Link {
    // Before the connection, so that it is closed before it.
    channel: Channel,
    connection: Connection,
    books: PendingConfirms,
    timeouts: Timeouts,
    /// Held while a message gets its number and is sent, so that numbers follow the order of sending.
    sending: tokio::sync::Mutex<()>,
    /// Held during a ping: two at once would take each other's answer.
    pinging: tokio::sync::Mutex<()>,
    /// The topics whose queue is known to exist.
    declared: Mutex<HashSet<Topic>>,
}

impl Link {
    /// Connects, logs in and opens a confirming channel with room for `window` messages in flight.
    ///
    /// # Errors
    /// Why not; the reason holds no password.
    pub(crate) async fn open(settings: &Settings, window: usize) -> Result<Self, String> {
        let books = PendingConfirms::new(window);
        let opened = within(settings.timeouts.connect, async {
            let connection = connect(settings, "stylelicense").await?;
            connection
                .register_callback(ConnectionEvents(books.clone()))
                .await?;
            let channel = connection.open_channel(None).await?;
            channel.register_callback(ChannelEvents(books.clone())).await?;
            channel.confirm_select(ConfirmSelectArguments::default()).await?;
            Ok((connection, channel))
        });
        let (connection, channel) = opened
            .await
            .map_err(|reason| format!("no connection to the broker at {}: {reason}", settings.place()))?;
        Ok(Self {
            channel,
            connection,
            books,
            timeouts: settings.timeouts.clone(),
            sending: tokio::sync::Mutex::default(),
            pinging: tokio::sync::Mutex::default(),
            declared: Mutex::default(),
        })
    }

    /// Makes sure that the queue of `topic` exists: durable and without arguments, as the workers declare it. On a
    /// channel of its own, because a refusal ends the channel.
    ///
    /// # Errors
    /// What the broker has against it, or that the link is lost.
    pub(crate) async fn declare(&self, topic: Topic) -> Result<(), String> {
        if self.declared().contains(&topic) {
            return Ok(());
        }
        let queue = topic.as_str();
        let aside = PendingConfirms::new(0);
        let declared = within(self.timeouts.call, async {
            let channel = self.connection.open_channel(None).await?;
            channel.register_callback(ChannelEvents(aside.clone())).await?;
            channel
                .queue_declare(QueueDeclareArguments::durable_client_named(queue))
                .await?;
            channel.close().await
        });
        let Err(reason) = declared.await else {
            self.declared().insert(topic);
            return Ok(());
        };
        let refusal = aside.open().lost().map(str::to_owned);
        match refusal {
            Some(refusal) => Err(format!("the queue {queue} could not be declared: {refusal}")),
            None => Err(self.lose(&format!("the queue {queue} could not be declared: {reason}"))),
        }
    }

    /// The queue of `topic` may be gone: declare it again before the next message.
    pub(crate) fn forget(&self, topic: Topic) {
        self.declared().remove(&topic);
    }

    /// Sends `batch` to `queue` in order and waits for the verdicts. A message that is not confirmed in time loses the
    /// link: what the broker made of it and of those after it cannot be known.
    pub(crate) async fn send(&self, queue: &str, batch: Vec<OutgoingTask>) -> Vec<Delivery> {
        let expected = batch.len();
        let mut answers = Vec::with_capacity(expected);
        for task in batch {
            match self.send_one(queue, task).await {
                Ok(answer) => answers.push(answer),
                Err(reason) => {
                    self.lose(&reason);
                    break;
                }
            }
        }
        let mut deliveries = Vec::with_capacity(expected);
        for answer in answers {
            deliveries.push(self.verdict(answer).await);
        }
        if deliveries.len() < expected {
            let reason = self.lost().unwrap_or_default();
            deliveries.resize(expected, Delivery::Unreachable(reason));
        }
        deliveries
    }

    /// Asks the broker for a sign of life on the channel itself.
    ///
    /// # Errors
    /// Why the link is lost.
    pub(crate) async fn ping(&self) -> Result<(), String> {
        let _alone = self.pinging.lock().await;
        // To be told to go on is the one question that changes nothing and is always answered.
        match within(self.timeouts.call, self.channel.flow(true)).await {
            Ok(_) => Ok(()),
            Err(reason) => Err(self.lose(&format!("the broker does not answer: {reason}"))),
        }
    }

    /// Why the link is lost, if it is.
    pub(crate) fn lost(&self) -> Option<String> {
        self.books.open().lost().map(str::to_owned)
    }

    /// Whether the broker has ever answered a message over this link.
    pub(crate) fn answered(&self) -> bool {
        self.books.open().answered()
    }

    /// Gives the link up and wakes all who wait for an answer. Returns the reason it was first lost for.
    fn lose(&self, reason: &str) -> String {
        let mut books = self.books.open();
        books.lose(reason);
        books.lost().unwrap_or(reason).to_owned()
    }

    fn declared(&self) -> std::sync::MutexGuard<'_, HashSet<Topic>> {
        self.declared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send_one(&self, queue: &str, task: OutgoingTask) -> Result<Answer, String> {
        let patience = self.timeouts.confirm;
        let places = self.books.open().places();
        let place = match timeout(patience, places.acquire_owned()).await {
            Ok(Ok(place)) => place,
            Ok(Err(_closed)) => return Err("the connection to the broker was lost".to_owned()),
            Err(_) => return Err(unconfirmed(patience)),
        };
        let properties = BasicProperties::default()
            .with_content_type("application/json")
            .with_persistence(true)
            .with_message_id(&task.task_id.to_string())
            .finish();
        let route = BasicPublishArguments::new("", queue).mandatory(true).finish();

        let _in_turn = self.sending.lock().await;
        let verdict = self.books.open().expect(task.task_id, place)?;
        within(
            patience,
            self.channel.basic_publish(properties, task.body.into(), route),
        )
        .await?;
        // Only now: a publish that is cancelled while it waits has sent nothing and must use up no number.
        self.books.open().sent();
        Ok(Answer {
            verdict,
            deadline: Instant::now() + patience,
        })
    }

    async fn verdict(&self, answer: Answer) -> Delivery {
        match timeout_at(answer.deadline, answer.verdict).await {
            Ok(Ok(delivery)) => delivery,
            Ok(Err(_dropped)) => Delivery::Unreachable(self.lost().unwrap_or_default()),
            Err(_) => Delivery::Unreachable(self.lose(&unconfirmed(self.timeouts.confirm))),
        }
    }
}

/// Connects and logs in under the connection name `name`, which the broker's management pages show.
///
/// # Errors
/// Those of the client library; none holds the password.
pub async fn connect(settings: &Settings, name: &str) -> Result<Connection, amqprs::error::Error> {
    let arguments = OpenConnectionArguments::new(
        &settings.host,
        settings.port,
        &settings.user,
        settings.password.expose_secret(),
    )
    .virtual_host(&settings.vhost)
    .connection_name(name)
    .heartbeat(settings.heartbeat.max(SHORTEST_HEARTBEAT))
    .finish();
    // The client library logs each frame at the finest level, the login with its password among them.
    Connection::open(&arguments)
        .with_subscriber(NoSubscriber::default())
        .await
}

/// One call to the broker with a time limit.
///
/// # Errors
/// The client library's error, or the time is over.
pub async fn within<T>(
    patience: Duration,
    call: impl Future<Output = Result<T, amqprs::error::Error>>,
) -> Result<T, String> {
    match timeout(patience, call).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {patience:?}")),
    }
}

fn unconfirmed(patience: Duration) -> String {
    format!("the broker confirmed nothing within {patience:?}")
}
