//! A connection to the broker with one channel in confirm mode. A lost connection is not repaired: the publisher opens
//! a new one.

use std::collections::HashSet;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use amqprs::BasicProperties;
use amqprs::channel::{BasicPublishArguments, Channel, ConfirmSelectArguments, QueueDeclareArguments};
use amqprs::connection::{Connection, OpenConnectionArguments};
use domain::workers::{Delivery, OutgoingTask, Topic};
use secrecy::ExposeSecret;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use crate::callbacks::{ChannelEvents, ConnectionEvents, SharedConfirms};
use crate::settings::{MIN_HEARTBEAT, Settings, Timeouts};

/// A sent message that waits for its confirm.
struct PendingDelivery {
    delivery: oneshot::Receiver<Delivery>,
    deadline: Instant,
}

pub(crate) struct BrokerConnection {
    // Declared before the connection, so that it is dropped first.
    channel: Channel,
    connection: Connection,
    confirms: SharedConfirms,
    timeouts: Timeouts,
    /// Held while a message is registered and sent, so that delivery tags follow the order of sending.
    publish_lock: tokio::sync::Mutex<()>,
    /// Held during a ping: the responses of concurrent pings could be mixed up.
    ping_lock: tokio::sync::Mutex<()>,
    /// Topics whose queue was declared on this connection.
    declared: Mutex<HashSet<Topic>>,
}

impl BrokerConnection {
    /// Connects, logs in and opens a channel in confirm mode with at most `window` messages in flight.
    ///
    /// # Errors
    /// The reason, without the password.
    pub(crate) async fn open(settings: &Settings, window: usize) -> Result<Self, String> {
        let confirms = SharedConfirms::new(window);
        let opened = within(settings.timeouts.connect, async {
            let connection = connect(settings, "stylelicense").await?;
            connection
                .register_callback(ConnectionEvents(confirms.clone()))
                .await?;
            let channel = connection.open_channel(None).await?;
            channel.register_callback(ChannelEvents(confirms.clone())).await?;
            channel.confirm_select(ConfirmSelectArguments::default()).await?;
            Ok((connection, channel))
        });
        let (connection, channel) = opened
            .await
            .map_err(|reason| format!("no connection to the broker at {}: {reason}", settings.place()))?;
        Ok(Self {
            channel,
            connection,
            confirms,
            timeouts: settings.timeouts.clone(),
            publish_lock: tokio::sync::Mutex::default(),
            ping_lock: tokio::sync::Mutex::default(),
            declared: Mutex::default(),
        })
    }

    /// Declares the queue of `topic` once: durable and without arguments, as the workers do. Uses a separate channel,
    /// because the broker closes the channel of a refused declaration.
    ///
    /// # Errors
    /// The broker refuses the declaration, or the connection is lost.
    pub(crate) async fn declare(&self, topic: Topic) -> Result<(), String> {
        if self.declared().contains(&topic) {
            return Ok(());
        }
        let queue = topic.as_str();
        let channel_state = SharedConfirms::new(0);
        let declared = within(self.timeouts.call, async {
            let channel = self.connection.open_channel(None).await?;
            channel
                .register_callback(ChannelEvents(channel_state.clone()))
                .await?;
            channel
                .queue_declare(QueueDeclareArguments::durable_client_named(queue))
                .await?;
            channel.close().await
        });
        let Err(reason) = declared.await else {
            self.declared().insert(topic);
            return Ok(());
        };
        let refusal = channel_state.lock().lost_reason().map(str::to_owned);
        match refusal {
            Some(refusal) => Err(format!("the queue {queue} could not be declared: {refusal}")),
            None => Err(self.mark_lost(&format!("the queue {queue} could not be declared: {reason}"))),
        }
    }

    /// The queue of `topic` may have been deleted: the next publish declares it again.
    pub(crate) fn mark_undeclared(&self, topic: Topic) {
        self.declared().remove(&topic);
    }

    /// Publishes `batch` to `queue` in order and waits for the confirms. When a message is not confirmed before the
    /// timeout, the connection is closed, because the state of this message and of later ones is unknown.
    pub(crate) async fn publish(&self, queue: &str, batch: Vec<OutgoingTask>) -> Vec<Delivery> {
        let expected = batch.len();
        let mut pending = Vec::with_capacity(expected);
        for task in batch {
            match self.publish_one(queue, task).await {
                Ok(delivery) => pending.push(delivery),
                Err(reason) => {
                    self.mark_lost(&reason);
                    break;
                }
            }
        }
        let mut deliveries = Vec::with_capacity(expected);
        for delivery in pending {
            deliveries.push(self.wait_for_confirm(delivery).await);
        }
        if deliveries.len() < expected {
            let reason = self.lost_reason().unwrap_or_default();
            deliveries.resize(expected, Delivery::Unreachable(reason));
        }
        deliveries
    }

    /// Checks that the broker responds on the channel.
    ///
    /// # Errors
    /// The connection is lost.
    pub(crate) async fn ping(&self) -> Result<(), String> {
        let _guard = self.ping_lock.lock().await;
        // `flow(true)` has no effect on an active channel, and the broker always responds to it.
        match within(self.timeouts.call, self.channel.flow(true)).await {
            Ok(_) => Ok(()),
            Err(reason) => Err(self.mark_lost(&format!("the broker does not answer: {reason}"))),
        }
    }

    /// `None` while the connection works.
    pub(crate) fn lost_reason(&self) -> Option<String> {
        self.confirms.lock().lost_reason().map(str::to_owned)
    }

    /// Whether the broker has confirmed or rejected any message on this connection.
    pub(crate) fn answered(&self) -> bool {
        self.confirms.lock().answered()
    }

    /// Marks the connection as lost and wakes all waiting senders. Returns the first reason.
    fn mark_lost(&self, reason: &str) -> String {
        let mut confirms = self.confirms.lock();
        confirms.mark_lost(reason);
        confirms.lost_reason().unwrap_or(reason).to_owned()
    }

    fn declared(&self) -> std::sync::MutexGuard<'_, HashSet<Topic>> {
        self.declared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn publish_one(&self, queue: &str, task: OutgoingTask) -> Result<PendingDelivery, String> {
        let limit = self.timeouts.confirm;
        let permits = self.confirms.lock().permits();
        let permit = match timeout(limit, permits.acquire_owned()).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_closed)) => return Err("the connection to the broker was lost".to_owned()),
            Err(_) => return Err(unconfirmed(limit)),
        };
        let properties = BasicProperties::default()
            .with_content_type("application/json")
            .with_persistence(true)
            .with_message_id(&task.task_id.to_string())
            .finish();
        let route = BasicPublishArguments::new("", queue).mandatory(true).finish();

        let _guard = self.publish_lock.lock().await;
        let delivery = self.confirms.lock().register(task.task_id, permit)?;
        within(
            limit,
            self.channel.basic_publish(properties, task.body.into(), route),
        )
        .await?;
        // After the await: a publish that is cancelled there has sent nothing and must not use up a delivery tag.
        self.confirms.lock().mark_sent();
        Ok(PendingDelivery {
            delivery,
            deadline: Instant::now() + limit,
        })
    }

    async fn wait_for_confirm(&self, pending: PendingDelivery) -> Delivery {
        match timeout_at(pending.deadline, pending.delivery).await {
            Ok(Ok(delivery)) => delivery,
            Ok(Err(_dropped)) => Delivery::Unreachable(self.lost_reason().unwrap_or_default()),
            Err(_) => Delivery::Unreachable(self.mark_lost(&unconfirmed(self.timeouts.confirm))),
        }
    }
}

/// Connects and logs in. The broker's management UI shows `name` as the name of the connection.
///
/// # Errors
/// Errors of the client library, without the password.
pub async fn connect(settings: &Settings, name: &str) -> Result<Connection, amqprs::error::Error> {
    let arguments = OpenConnectionArguments::new(
        &settings.host,
        settings.port,
        &settings.user,
        settings.password.expose_secret(),
    )
    .virtual_host(&settings.vhost)
    .connection_name(name)
    .heartbeat(settings.heartbeat.max(MIN_HEARTBEAT))
    .finish();
    // At trace level, the client library logs every frame, including the login with the password.
    Connection::open(&arguments)
        .with_subscriber(NoSubscriber::default())
        .await
}

/// A call to the broker with a timeout.
///
/// # Errors
/// The client library's error, or the timeout.
pub async fn within<T>(
    limit: Duration,
    call: impl Future<Output = Result<T, amqprs::error::Error>>,
) -> Result<T, String> {
    match timeout(limit, call).await {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no response within {limit:?}")),
    }
}

fn unconfirmed(limit: Duration) -> String {
    format!("no confirm from the broker within {limit:?}")
}
