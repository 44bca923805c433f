//! The way to the workers.

use async_trait::async_trait;
use bytes::Bytes;

use crate::{TaskId, task::Topic};

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
