//! The outbox and the way from it to the workers.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    StorageError, TaskId, UserId,
    workers::{OutboxTopic, Topic},
};

/// A message whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMessage {
    pub id: i64,
    /// `message_id` on the wire.
    pub task_id: TaskId,
    /// The request, style or account it is about.
    pub subject_id: i64,
    /// JSON as stored.
    pub payload: Vec<u8>,
    pub attempts: i32,
}

/// What lies in the outbox for one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxStatus {
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

/// A message to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingTask {
    /// `message_id` on the wire; the same again when a message is sent again.
    pub task_id: TaskId,
    /// JSON.
    pub body: Bytes,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The broker has it: it may be forgotten here.
    Confirmed,
    /// The broker refused or returned this message. Counts against it.
    Refused(String),
    /// The broker cannot be reached, or did not answer in time. Says nothing about the message.
    Unreachable(String),
}

/// Publishes tasks. Persistent, mandatory, confirmed.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TaskPublisher: Send + Sync {
    /// Publishes a batch to the queue of `topic`, in order; one delivery per message, in the same order.
    async fn publish(&self, topic: Topic, batch: Vec<OutgoingTask>) -> Vec<Delivery>;

    /// How many messages one batch holds at most.
    fn window(&self) -> usize;

    /// Whether the broker answers; the reason when it does not.
    async fn check(&self) -> Result<(), String>;
}

/// A task on its way.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// `message_id` on the wire.
    pub task_id: TaskId,
    pub topic: Topic,
    /// The request or style it is about.
    pub subject_id: i64,
    /// JSON.
    pub payload: Vec<u8>,
    /// When to send it.
    pub send_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// Objects to remove once the transaction has committed.
#[derive(Debug, Clone)]
pub struct NewDeletion {
    pub message_id: Uuid,
    pub owner: UserId,
    /// JSON.
    pub payload: Vec<u8>,
    /// When to remove them.
    pub remove_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// Tasks on their way, and objects to remove.
#[async_trait]
pub trait Outbox: Send {
    /// Puts a task into the outbox.
    async fn enqueue(&mut self, message: NewMessage) -> Result<(), StorageError>;

    /// Puts the removal of objects into the outbox.
    async fn enqueue_deletion(&mut self, deletion: NewDeletion) -> Result<(), StorageError>;

    /// Drops what was not yet sent about a subject.
    async fn drop_unsent(&mut self, topic: Topic, subject_id: i64) -> Result<(), StorageError>;
}
