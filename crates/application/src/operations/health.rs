//! Whether the platform and what it stands on are well.

use std::{future::Future, sync::Arc, time::Duration};

use domain::{
    clock::Clock,
    object::ObjectStorage,
    tokens::Audit,
    workers::{OutboxQueue, TaskPublisher},
};

/// How long one dependency may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How the platform is as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverallHealth {
    Ok,
    /// Broker or storage do not answer: reads, the ledger and accepting work go on.
    Degraded,
    /// The database does not answer.
    Down,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The whole.
    pub status: OverallHealth,
    pub database: bool,
    pub broker: bool,
    pub storage: bool,
    /// Messages waiting, and the age in seconds of the oldest that is due; unknown without the database.
    pub outbox: Option<(i64, i64)>,
}

/// Asks every dependency.
#[derive(Clone)]
pub struct HealthService {
    pub audit: Arc<dyn Audit>,
    pub outbox: Arc<dyn OutboxQueue>,
    pub publisher: Arc<dyn TaskPublisher>,
    pub storage: Arc<dyn ObjectStorage>,
    pub clock: Arc<dyn Clock>,
}

impl HealthService {
    /// Asks all at once, two seconds at most.
    pub async fn check(&self) -> Health {
        let outbox = async {
            let topics = within(self.outbox.status(self.clock.now())).await?;
            let pending = topics.iter().map(|t| t.pending).sum();
            Some((
                pending,
                topics.iter().map(|t| t.oldest_seconds).max().unwrap_or_default(),
            ))
        };
        let (database, outbox, broker, storage) = tokio::join!(
            within(self.audit.ping()),
            outbox,
            within(self.publisher.check()),
            within(self.storage.check())
        );
        let (database, broker, storage) = (database.is_some(), broker.is_some(), storage.is_some());
        let status = match (database, broker && storage) {
            (false, _) => OverallHealth::Down,
            (true, false) => OverallHealth::Degraded,
            (true, true) => OverallHealth::Ok,
        };
        Health {
            status,
            database,
            broker,
            storage,
            outbox,
        }
    }
}

async fn within<T, E: std::fmt::Display>(answer: impl Future<Output = Result<T, E>>) -> Option<T> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a dependency is not well");
            None
        }
        Err(_) => {
            tracing::warn!("a dependency did not answer in time");
            None
        }
    }
}
