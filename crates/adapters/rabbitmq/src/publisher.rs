//! The publisher: keeps one connection to the broker and reconnects after a loss.

use std::sync::Arc;

use async_trait::async_trait;
use domain::workers::{Delivery, OutgoingTask, TaskPublisher, Topic};
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::backoff::Backoff;
use crate::connection::BrokerConnection;
use crate::settings::Settings;

/// Maximum number of messages in flight. One at a time is about ten times slower.
const WINDOW: usize = 100;

/// Publishes tasks over RabbitMQ. Connects on first use and reconnects with backoff. The connection belongs to the
/// Tokio runtime in which the publisher was created; the publisher may be used and dropped in another one.
pub struct RabbitPublisher {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    state: Mutex<State>,
    /// The runtime of the connection.
    runtime: Handle,
}

struct State {
    connection: Option<Arc<BrokerConnection>>,
    backoff: Backoff,
}

impl RabbitPublisher {
    /// Does not connect yet.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn new(settings: Settings) -> Self {
        let backoff = Backoff::new(settings.timeouts.initial_backoff, settings.timeouts.max_backoff);
        let state = Mutex::new(State {
            connection: None,
            backoff,
        });
        Self {
            shared: Arc::new(Shared {
                settings,
                state,
                runtime: Handle::current(),
            }),
        }
    }

    /// The connection, with the queue of `topic` declared. Runs in its own task: the client library does not tolerate
    /// that a caller is cancelled between a request and its response.
    async fn connection_for(&self, topic: Topic) -> Result<Arc<BrokerConnection>, String> {
        let shared = Arc::clone(&self.shared);
        let task = self.shared.runtime.spawn(async move {
            let connection = shared.connection().await?;
            connection.declare(topic).await?;
            Ok(connection)
        });
        task.await.unwrap_or_else(|_| Err(interrupted()))
    }
}

#[async_trait]
impl TaskPublisher for RabbitPublisher {
    async fn publish(&self, topic: Topic, batch: Vec<OutgoingTask>) -> Vec<Delivery> {
        if batch.is_empty() {
            return Vec::new();
        }
        let connection = match self.connection_for(topic).await {
            Ok(connection) => connection,
            Err(reason) => return vec![Delivery::Unreachable(reason); batch.len()],
        };
        let deliveries = connection.publish(topic.as_str(), batch).await;
        if deliveries
            .iter()
            .any(|delivery| matches!(delivery, Delivery::Refused(_)))
        {
            connection.mark_undeclared(topic);
        }
        deliveries
    }

    fn window(&self) -> usize {
        WINDOW
    }

    async fn check(&self) -> Result<(), String> {
        let shared = Arc::clone(&self.shared);
        let task = self
            .shared
            .runtime
            .spawn(async move { shared.connection().await?.ping().await });
        let limit = self.shared.settings.timeouts.check;
        match timeout(limit, task).await {
            Ok(result) => result.unwrap_or_else(|_| Err(interrupted())),
            Err(_) => Err(format!("the broker does not answer within {limit:?}")),
        }
    }
}

impl Shared {
    /// The current connection, or a new one.
    async fn connection(&self) -> Result<Arc<BrokerConnection>, String> {
        let mut state = self.state.lock().await;
        if let Some(connection) = state.current_connection() {
            return Ok(connection);
        }
        state.backoff.check(Instant::now())?;
        match BrokerConnection::open(&self.settings, WINDOW).await {
            Ok(connection) => {
                tracing::info!(broker = self.settings.place(), "connected to the broker");
                let connection = Arc::new(connection);
                state.connection = Some(Arc::clone(&connection));
                Ok(connection)
            }
            Err(reason) => {
                let pause = state.backoff.record_failure(Instant::now(), reason.clone());
                tracing::warn!(reason, ?pause, "the broker cannot be reached");
                Err(reason)
            }
        }
    }
}

impl State {
    /// The connection, unless it is lost. A lost connection on which no message was confirmed counts as a failed
    /// attempt, so that the backoff also applies to a broker that accepts connections and drops them.
    fn current_connection(&mut self) -> Option<Arc<BrokerConnection>> {
        let connection = self.connection.as_ref()?;
        if connection.answered() {
            self.backoff.reset();
        }
        let Some(reason) = connection.lost_reason() else {
            return Some(Arc::clone(connection));
        };
        tracing::warn!(reason, "the connection to the broker was lost");
        if !connection.answered() {
            self.backoff.record_failure(Instant::now(), reason);
        }
        self.connection = None;
        None
    }
}

impl Drop for Shared {
    /// Closing the connection needs its runtime; this may run outside of it.
    fn drop(&mut self) {
        if let Some(connection) = self.state.get_mut().connection.take() {
            let _guard = self.runtime.enter();
            drop(connection);
        }
    }
}

fn interrupted() -> String {
    "connecting to the broker was interrupted".to_owned()
}
