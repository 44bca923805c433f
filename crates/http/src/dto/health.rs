//! Health.

use application::operations::{Health, HealthStatus};
use serde::Serialize;
use utoipa::ToSchema;

/// How the platform is.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthDto {
    /// `ok`, `degraded` (broker or storage down, work is still accepted) or `down`.
    #[schema(example = "ok")]
    pub status: &'static str,
    /// Version of the server.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// Each dependency.
    pub checks: ChecksDto,
}

/// Each dependency: `ok` or `down`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChecksDto {
    /// PostgreSQL.
    #[schema(example = "ok")]
    pub database: &'static str,
    /// RabbitMQ.
    #[schema(example = "ok")]
    pub broker: &'static str,
    /// Object store.
    #[schema(example = "ok")]
    pub storage: &'static str,
    /// Tasks on their way; null while the database is down.
    pub outbox: Option<OutboxDto>,
}

/// Tasks on their way to the workers.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutboxDto {
    /// Messages waiting.
    #[schema(example = 0)]
    pub pending: i64,
    /// Age in seconds of the oldest that is due.
    #[schema(example = 0)]
    pub oldest_seconds: i64,
}

impl From<&Health> for HealthDto {
    fn from(health: &Health) -> Self {
        let word = |well: bool| if well { "ok" } else { "down" };
        Self {
            status: match health.status {
                HealthStatus::Ok => "ok",
                HealthStatus::Degraded => "degraded",
                HealthStatus::Down => "down",
            },
            version: env!("CARGO_PKG_VERSION"),
            checks: ChecksDto {
                database: word(health.database),
                broker: word(health.broker),
                storage: word(health.storage),
                outbox: health.outbox.map(|(pending, oldest_seconds)| OutboxDto {
                    pending,
                    oldest_seconds,
                }),
            },
        }
    }
}
