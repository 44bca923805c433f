//! Response types of the health checks.

use application::operations::{Health, OverallHealth};
use serde::Serialize;
use utoipa::ToSchema;

/// State of the platform.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    Ok,
    /// The broker or the object store is down. Requests are still accepted.
    Degraded,
    /// The database is down.
    Down,
}

/// State of a dependency.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DependencyStatus {
    Ok,
    Down,
}

/// The process serves requests.
#[derive(Debug, Serialize, ToSchema)]
pub struct Liveness {
    pub status: HealthStatus,
}

/// State of the platform and its dependencies.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthReport {
    /// `degraded`: the broker or the object store is down, requests are still accepted. `down`: the database is down.
    pub status: HealthStatus,
    /// Version of the server.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    pub checks: HealthChecks,
}

/// State of each dependency.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthChecks {
    pub database: DependencyStatus,
    pub broker: DependencyStatus,
    pub storage: DependencyStatus,
    /// Null while the database is down.
    #[schema(required)]
    pub outbox: Option<OutboxHealth>,
}

/// Worker tasks that are not published yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutboxHealth {
    #[schema(example = 0, minimum = 0)]
    pub pending: i64,
    /// Age of the oldest due task in seconds.
    #[schema(example = 0, minimum = 0)]
    pub oldest_seconds: i64,
}

impl From<&Health> for HealthReport {
    fn from(health: &Health) -> Self {
        let status = |is_up: bool| {
            if is_up {
                DependencyStatus::Ok
            } else {
                DependencyStatus::Down
            }
        };
        Self {
            status: match health.status {
                OverallHealth::Ok => HealthStatus::Ok,
                OverallHealth::Degraded => HealthStatus::Degraded,
                OverallHealth::Down => HealthStatus::Down,
            },
            version: env!("CARGO_PKG_VERSION"),
            checks: HealthChecks {
                database: status(health.database),
                broker: status(health.broker),
                storage: status(health.storage),
                outbox: health.outbox.map(|(pending, oldest_seconds)| OutboxHealth {
                    pending,
                    oldest_seconds,
                }),
            },
        }
    }
}
