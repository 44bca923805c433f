//! Health of the server and its dependencies.

use std::{future::Future, sync::Arc, time::Duration};

use domain::{
    clock::Clock,
    object::ObjectStorage,
    tokens::Audit,
    workers::{OutboxQueue, TaskPublisher},
};

/// Timeout per dependency.
const TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverallHealth {
    Ok,
    /// Broker or storage does not answer. Reads, the ledger and new generations still work.
    Degraded,
    /// The database does not answer.
    Down,
}

/// Result of a health check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub status: OverallHealth,
    pub database: bool,
    pub broker: bool,
    pub storage: bool,
    /// Pending messages, and the age in seconds of the oldest due one. `None` without the database.
    pub outbox: Option<(i64, i64)>,
}

/// Checks all dependencies.
#[derive(Clone)]
pub struct HealthService {
    pub audit: Arc<dyn Audit>,
    pub outbox: Arc<dyn OutboxQueue>,
    pub publisher: Arc<dyn TaskPublisher>,
    pub storage: Arc<dyn ObjectStorage>,
    pub clock: Arc<dyn Clock>,
}

impl HealthService {
    /// Checks all dependencies concurrently, each with a timeout.
    pub async fn check(&self) -> Health {
        let outbox = async {
            let topics = succeeded(self.outbox.status(self.clock.now())).await?;
            let pending = topics.iter().map(|t| t.pending).sum();
            Some((
                pending,
                topics.iter().map(|t| t.oldest_seconds).max().unwrap_or_default(),
            ))
        };
        let (database, outbox, broker, storage) = tokio::join!(
            succeeded(self.audit.ping()),
            outbox,
            succeeded(self.publisher.check()),
            succeeded(self.storage.check())
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

async fn succeeded<T, E: std::fmt::Display>(check: impl Future<Output = Result<T, E>>) -> Option<T> {
    match tokio::time::timeout(TIMEOUT, check).await {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a health check failed");
            None
        }
        Err(_) => {
            tracing::warn!("a health check timed out");
            None
        }
    }
}
