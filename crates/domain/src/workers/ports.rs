//! Ports of the outbox and the message broker.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    StorageError, TaskId, UserId,
    workers::{OutboxTopic, Topic},
};

/// An outbox message that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMessage {
    pub id: i64,
    /// `message_id` on the wire.
    pub task_id: TaskId,
    /// Id of the generation, style or account.
    pub subject_id: i64,
    /// JSON as stored.
    pub payload: Vec<u8>,
    pub attempts: i32,
}

/// Statistics of one outbox topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxStatus {
    pub topic: String,
    /// Due messages; scheduled ones are not counted.
    pub pending: i64,
    /// Age in seconds of the oldest due message.
    pub oldest_seconds: i64,
    /// Messages refused too often, which are not retried.
    pub parked: i64,
}

/// The outbox, read by one lease holder per topic at a time.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OutboxQueue: Send + Sync {
    /// Acquires or renews the topic's lease until `until` and returns due messages, oldest first. Empty while another
    /// holder has the lease.
    async fn lease_and_fetch(
        &self,
        topic: OutboxTopic,
        holder: Uuid,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<DueMessage>, StorageError>;

    /// Releases the lease before it expires.
    async fn release_lease(&self, topic: OutboxTopic, holder: Uuid) -> Result<(), StorageError>;

    /// Deletes messages that are done.
    async fn confirm(&self, ids: Vec<i64>) -> Result<(), StorageError>;

    /// Records a refused message: due again at `retry_at`, or parked if `park`.
    async fn refuse(
        &self,
        id: i64,
        reason: &str,
        now: DateTime<Utc>,
        retry_at: DateTime<Utc>,
        park: bool,
    ) -> Result<(), StorageError>;

    /// Statistics per topic.
    async fn status(&self, now: DateTime<Utc>) -> Result<Vec<OutboxStatus>, StorageError>;
}

/// A message to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingTask {
    /// `message_id` on the wire; unchanged when the message is published twice.
    pub task_id: TaskId,
    /// JSON.
    pub body: Bytes,
}

/// Result of publishing a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The broker has stored it, so it can be deleted from the outbox.
    Confirmed,
    /// The broker refused or returned this message. Counts as an attempt.
    Refused(String),
    /// The broker does not answer. Does not count as an attempt.
    Unreachable(String),
}

/// Publishes tasks as persistent and mandatory messages with publisher confirms.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TaskPublisher: Send + Sync {
    /// Publishes a batch to the queue of `topic`. Returns one delivery per message, in the same order.
    async fn publish(&self, topic: Topic, batch: Vec<OutgoingTask>) -> Vec<Delivery>;

    /// Maximum batch size.
    fn window(&self) -> usize;

    /// Whether the broker answers. The error is the reason.
    async fn check(&self) -> Result<(), String>;
}

/// A task for the outbox.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// `message_id` on the wire.
    pub task_id: TaskId,
    pub topic: Topic,
    /// Id of the generation or style.
    pub subject_id: i64,
    /// JSON.
    pub payload: Vec<u8>,
    pub send_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// Objects to delete after the commit.
#[derive(Debug, Clone)]
pub struct NewDeletion {
    pub message_id: Uuid,
    pub owner: UserId,
    /// JSON.
    pub payload: Vec<u8>,
    pub remove_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// Writes to the outbox within a transaction.
#[async_trait]
pub trait Outbox: Send {
    async fn enqueue(&mut self, message: NewMessage) -> Result<(), StorageError>;

    async fn enqueue_deletion(&mut self, deletion: NewDeletion) -> Result<(), StorageError>;

    /// Deletes unsent tasks of a generation or style.
    async fn delete_unsent(&mut self, topic: Topic, subject_id: i64) -> Result<(), StorageError>;
}
