//! The outbox as the relay sees it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::StorageError;
use crate::{TaskId, task::OutboxTopic};

/// A message whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMessage {
    /// Row.
    pub id: i64,
    /// `message_id` on the wire.
    pub task_id: TaskId,
    /// The request, style or account it is about.
    pub subject_id: i64,
    /// JSON as stored.
    pub payload: Vec<u8>,
    /// How often it was refused.
    pub attempts: i32,
}

/// What lies in the outbox for one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxStatus {
    /// The topic.
    pub topic: String,
    /// Messages waiting, also for a later time.
    pub pending: i64,
    /// Age in seconds of the oldest message that is due.
    pub oldest_seconds: i64,
    /// Messages refused too often and set aside.
    pub parked: i64,
}

/// Hands out due messages to one relay per topic at a time.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OutboxQueue: Send + Sync {
    /// Takes or renews the topic's lease for `holder` until `until` and returns the messages due, oldest first; none
    /// when another relay holds the lease.
    async fn lease_and_fetch(
        &self,
        topic: OutboxTopic,
        holder: Uuid,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<DueMessage>, StorageError>;

    /// Gives the lease up, so that another relay need not wait for its end.
    async fn release_lease(&self, topic: OutboxTopic, holder: Uuid) -> Result<(), StorageError>;

    /// Forgets messages the broker has confirmed.
    async fn confirm(&self, ids: Vec<i64>) -> Result<(), StorageError>;

    /// Notes that the broker refused a message: due again at `retry_at`, or parked when `park` is set.
    async fn refuse(
        &self,
        id: i64,
        reason: &str,
        now: DateTime<Utc>,
        retry_at: DateTime<Utc>,
        park: bool,
    ) -> Result<(), StorageError>;

    /// What lies there, per topic.
    async fn status(&self, now: DateTime<Utc>) -> Result<Vec<OutboxStatus>, StorageError>;
}
