//! The token statements of a generation: each is atomic and takes one round trip.
//!
//! They run in autocommit and not inside a unit of work: BEGIN and COMMIT would cost two more round trips and keep
//! the wallet's row locked across them. The rules they mirror are [`crate::generations::GenerationStatus`] and
//! [`crate::workers::Attempt`]; the ledger entries are those of [`crate::tokens::TokenTransaction`].

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    GenerationId, ObjectAddress, StorageError, TaskId, Tokens, UserId,
    generations::{GenerationRequest, GenerationStatus},
    workers::{FailureCause, Transition},
};

/// What a hold writes: the generation, its ledger entry and its task.
#[derive(Debug, Clone)]
pub struct Hold {
    /// Queued. Its id was reserved before, so that the task is built once.
    pub request: GenerationRequest,
    pub task_id: TaskId,
    /// Key in the public bucket under which the worker stores the image.
    pub result_key: String,
    /// The task, JSON.
    pub payload: Vec<u8>,
}

/// Result of a hold. Only `Held` wrote something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldOutcome {
    /// `available`: the balance after the hold.
    Held {
        available: Tokens,
    },
    InsufficientTokens {
        available: Tokens,
    },
    /// The account was deleted.
    NoWallet,
}

/// An image that a worker reported or the deadline job found.
#[derive(Debug, Clone)]
pub struct Capture {
    pub generation: GenerationId,
    /// The reporting attempt, if the report names it.
    pub task_id: Option<TaskId>,
    pub object: ObjectAddress,
    /// Measurements of the worker.
    pub metadata: Option<Value>,
    pub now: DateTime<Utc>,
}

/// Fails a generation and releases its tokens.
#[derive(Debug, Clone)]
pub struct Release {
    pub generation: GenerationId,
    pub cause: FailureCause,
    pub attempt: u16,
    pub error_code: String,
    pub error_message: String,
    pub now: DateTime<Utc>,
}

/// The owner cancels a generation that no worker processes.
#[derive(Debug, Clone, Copy)]
pub struct OwnerCancel {
    pub generation: GenerationId,
    pub owner: UserId,
    pub now: DateTime<Utc>,
}

/// Sends the task again, without a new hold.
#[derive(Debug, Clone)]
pub struct Resend {
    pub generation: GenerationId,
    pub cause: FailureCause,
    pub attempt: u16,
    pub new_task_id: TaskId,
    /// The task, JSON.
    pub payload: Vec<u8>,
    pub send_at: DateTime<Utc>,
    pub error_code: String,
    pub now: DateTime<Utc>,
}

/// A worker reports that it still processes a generation.
#[derive(Debug, Clone)]
pub struct Heartbeat {
    pub generation: GenerationId,
    /// The reporting attempt, if the report names it.
    pub task_id: Option<TaskId>,
    /// `Processing` for progress, `Retrying` for a worker that retries by itself.
    pub status: GenerationStatus,
    /// As shown to the owner.
    pub progress: Option<Value>,
    pub now: DateTime<Utc>,
}

/// The token statements. `None`: there is no such generation.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Settlements: Send + Sync {
    /// Holds the price, stores the generation, puts its task into the outbox.
    async fn hold(&self, hold: Hold) -> Result<HoldOutcome, StorageError>;

    /// Completes the generation and pays the artist.
    async fn capture(&self, capture: Capture) -> Result<Option<Transition<GenerationStatus>>, StorageError>;

    /// Fails the generation and releases its tokens.
    async fn release(&self, release: Release) -> Result<Option<Transition<GenerationStatus>>, StorageError>;

    /// Cancels the owner's generation and releases its tokens. `None` also when `owner` does not own it.
    async fn cancel(&self, cancel: OwnerCancel)
    -> Result<Option<Transition<GenerationStatus>>, StorageError>;

    /// Sends the task again.
    async fn resend(&self, resend: Resend) -> Result<Option<Transition<GenerationStatus>>, StorageError>;

    /// Records a heartbeat.
    async fn heartbeat(
        &self,
        heartbeat: Heartbeat,
    ) -> Result<Option<Transition<GenerationStatus>>, StorageError>;

    /// Adds up to `batch` earning deltas to artists' balances and styles' usage counts and deletes them. Returns their
    /// number; 0 while another server does the same.
    async fn apply_earnings(&self, batch: i64) -> Result<u64, StorageError>;
}
