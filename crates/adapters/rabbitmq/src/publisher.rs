//! The publisher: keeps one link to the broker, and makes a new one when it is lost.

use std::sync::Arc;

use async_trait::async_trait;
use domain::workers::Topic;
use domain::workers::{Delivery, OutgoingTask, TaskPublisher};
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::backoff::Backoff;
use crate::link::Link;
use crate::settings::Settings;

/// How many messages are in flight at most. One at a time is about ten times slower.
const WINDOW: usize = 100;

/// Publishes tasks over RabbitMQ. Connects when it is first needed and again after the connection is lost, never more
/// often than its growing pauses allow. Its connection lives in the runtime in which the publisher was created;
/// the publisher may be used and dropped in any other.
pub struct RabbitPublisher {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    state: Mutex<State>,
    /// Opens, drives and closes the connection.
    runtime: Handle,
}

struct State {
    link: Option<Arc<Link>>,
    backoff: Backoff,
}

impl RabbitPublisher {
    /// A publisher for the broker of `settings`. Does not connect yet.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn new(settings: Settings) -> Self {
        let backoff = Backoff::new(settings.timeouts.first_pause, settings.timeouts.longest_pause);
        let state = Mutex::new(State { link: None, backoff });
        Self {
            shared: Arc::new(Shared {
                settings,
                state,
                runtime: Handle::current(),
            }),
        }
    }

    /// The link, with the queue of `topic` declared. In a task of its own: a caller that goes away in the middle of a
    /// conversation with the broker would confuse the client library.
    async fn ready(&self, topic: Topic) -> Result<Arc<Link>, String> {
        let shared = Arc::clone(&self.shared);
        let work = self.shared.runtime.spawn(async move {
            let link = shared.link().await?;
            link.declare(topic).await?;
            Ok(link)
        });
        work.await.unwrap_or_else(|_| Err(interrupted()))
    }
}

#[async_trait]
impl TaskPublisher for RabbitPublisher {
    async fn publish(&self, topic: Topic, batch: Vec<OutgoingTask>) -> Vec<Delivery> {
        if batch.is_empty() {
            return Vec::new();
        }
        let link = match self.ready(topic).await {
            Ok(link) => link,
            Err(reason) => return vec![Delivery::Unreachable(reason); batch.len()],
        };
        let deliveries = link.send(topic.as_str(), batch).await;
        if deliveries
            .iter()
            .any(|delivery| matches!(delivery, Delivery::Refused(_)))
        {
            link.forget(topic);
        }
        deliveries
    }

    fn window(&self) -> usize {
        WINDOW
    }

    async fn check(&self) -> Result<(), String> {
        let shared = Arc::clone(&self.shared);
        let work = self
            .shared
            .runtime
            .spawn(async move { shared.link().await?.ping().await });
        let patience = self.shared.settings.timeouts.check;
        match timeout(patience, work).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err(interrupted())),
            Err(_) => Err(format!("the broker does not answer within {patience:?}")),
        }
    }
}

impl Shared {
    /// The link that is up, or a new one.
    async fn link(&self) -> Result<Arc<Link>, String> {
        let mut state = self.state.lock().await;
        if let Some(link) = state.standing() {
            return Ok(link);
        }
        state.backoff.ready(Instant::now())?;
        match Link::open(&self.settings, WINDOW).await {
            Ok(link) => {
                tracing::info!(broker = self.settings.place(), "connected to the broker");
                let link = Arc::new(link);
                state.link = Some(Arc::clone(&link));
                Ok(link)
            }
            Err(reason) => {
                let pause = state.backoff.failed(Instant::now(), reason.clone());
                tracing::warn!(reason, ?pause, "the broker cannot be reached");
                Err(reason)
            }
        }
    }
}

impl State {
    /// The link, unless it is lost: then it is let go. One that never carried a message counts as a failed attempt, so
    /// that a broker that accepts connections only to drop them is not tried without pause.
    fn standing(&mut self) -> Option<Arc<Link>> {
        let link = self.link.as_ref()?;
        if link.answered() {
            self.backoff.reset();
        }
        let Some(reason) = link.lost() else {
            return Some(Arc::clone(link));
        };
        tracing::warn!(reason, "the connection to the broker was lost");
        if !link.answered() {
            self.backoff.failed(Instant::now(), reason);
        }
        self.link = None;
        None
    }
}

impl Drop for Shared {
    /// Closing the connection needs the runtime it lives in, and the last owner may be anywhere.
    fn drop(&mut self) {
        if let Some(link) = self.state.get_mut().link.take() {
            let _inside = self.runtime.enter();
            drop(link);
        }
    }
}

fn interrupted() -> String {
    "connecting to the broker was interrupted".to_owned()
}
