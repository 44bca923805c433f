//! The money statements of a generation: each one round trip, whole or not at all.
//!
//! They run in autocommit and not inside a unit of work: BEGIN and COMMIT would cost two more round trips and keep
//! the wallet's row locked across them. The rules they mirror are [`crate::generation::GenerationStatus`],
//! [`crate::task::Attempt`] and [`crate::ledger::Books`].

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::StorageError;
use crate::{
    ArtistId, GenerationId, ObjectAddress, StyleId, TaskId, Tokens, UserId,
    generation::{AspectRatio, Caption, GenerationStatus, PromptTags, Seed},
};

/// Everything a new request writes: hold, request, ledger entry, task.
#[derive(Debug, Clone)]
pub struct Hold {
    /// Who pays.
    pub user: UserId,
    /// The price, more than none.
    pub price: Tokens,
    /// Id given out beforehand, so that task and answer can be built once.
    pub generation: GenerationId,
    /// In which style.
    pub style: StyleId,
    /// Who will be paid.
    pub artist: ArtistId,
    /// First attempt's task.
    pub task_id: TaskId,
    /// Prompt.
    pub prompt: PromptTags,
    /// Caption.
    pub caption: Option<Caption>,
    /// Shape.
    pub aspect: AspectRatio,
    /// Seed.
    pub seed: Seed,
    /// Key in the public bucket under which the worker leaves the image.
    pub result_key: String,
    /// The task, JSON.
    pub payload: Vec<u8>,
    /// Now.
    pub now: DateTime<Utc>,
    /// Claimed together with the hold.
    pub idempotency: Option<IdempotencyClaim>,
}

/// An idempotency key that is taken by the same statement that moves the tokens.
#[derive(Debug, Clone)]
pub struct IdempotencyClaim {
    /// The client's key.
    pub key: String,
    /// Hash of the request's body.
    pub body_hash: Vec<u8>,
    /// The answer to replay.
    pub answer: Value,
}

/// What became of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldOutcome {
    /// Done; so much is left.
    Held {
        /// Spendable now.
        available: Tokens,
    },
    /// Nothing was written: too few tokens.
    InsufficientTokens {
        /// Spendable.
        available: Tokens,
    },
    /// Nothing was written: the idempotency key is taken.
    KeyTaken,
    /// Nothing was written: the payer has no wallet, the account is gone.
    NoWallet,
}

/// A worker's image, or one the sweep found.
#[derive(Debug, Clone)]
pub struct Capture {
    /// The request.
    pub generation: GenerationId,
    /// The attempt that reports, when it says so.
    pub task_id: Option<TaskId>,
    /// Where the image lies.
    pub object: ObjectAddress,
    /// What the worker says of it.
    pub metadata: Option<Value>,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Who gives a request up, and what must still hold for it to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseCause {
    /// A worker reported a failure; counts by the rule of [`crate::task::Attempt::failure_counts`].
    Worker {
        /// The attempt that reports, when it says so.
        task_id: Option<TaskId>,
    },
    /// Nothing was heard since `silent_since`.
    Sweep {
        /// Last sign of life must not be younger.
        silent_since: DateTime<Utc>,
    },
    /// The account that asked is about to be erased. Counts in every open state.
    AccountDeleted,
}

/// A request is given up and its tokens go back.
#[derive(Debug, Clone)]
pub struct Release {
    /// The request.
    pub generation: GenerationId,
    /// Who and why.
    pub cause: ReleaseCause,
    /// The attempt that was read.
    pub attempt: u16,
    /// Shown to the owner.
    pub error_code: String,
    /// Shown to the owner.
    pub error_message: String,
    /// Now.
    pub now: DateTime<Utc>,
}

/// The owner withdraws a request that no worker is at.
#[derive(Debug, Clone, Copy)]
pub struct OwnerCancel {
    /// The request.
    pub generation: GenerationId,
    /// Its owner.
    pub owner: UserId,
    /// Now.
    pub now: DateTime<Utc>,
}

/// The task is sent again, without a new charge.
#[derive(Debug, Clone)]
pub struct Resend {
    /// The request.
    pub generation: GenerationId,
    /// Who and why.
    pub cause: ReleaseCause,
    /// The attempt that was read.
    pub attempt: u16,
    /// The next attempt's task.
    pub new_task_id: TaskId,
    /// The task, JSON.
    pub payload: Vec<u8>,
    /// When to send it.
    pub send_at: DateTime<Utc>,
    /// Why the last attempt failed.
    pub error_code: String,
    /// Now.
    pub now: DateTime<Utc>,
}

/// A sign of life.
#[derive(Debug, Clone)]
pub struct Sign {
    /// The request.
    pub generation: GenerationId,
    /// The attempt that reports, when it says so.
    pub task_id: Option<TaskId>,
    /// `Processing` for progress, `Retrying` for a worker that tries again by itself.
    pub status: GenerationStatus,
    /// What the worker reported, as it is shown.
    pub progress: Option<Value>,
    /// Now.
    pub now: DateTime<Utc>,
}

/// What a statement found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Whether anything changed.
    pub applied: bool,
    /// State before the call.
    pub before: GenerationStatus,
}

/// The statements. A request that does not exist is `None`.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Settlements: Send + Sync {
    /// Holds the price, stores the request, puts its task into the outbox.
    async fn hold(&self, hold: Hold) -> Result<HoldOutcome, StorageError>;

    /// Completes the request and pays the artist.
    async fn capture(&self, capture: Capture) -> Result<Option<Settled>, StorageError>;

    /// Gives the request up and returns the tokens.
    async fn release(&self, release: Release) -> Result<Option<Settled>, StorageError>;

    /// Withdraws the owner's request and returns the tokens. `None` also for somebody else's.
    async fn cancel(&self, cancel: OwnerCancel) -> Result<Option<Settled>, StorageError>;

    /// Sends the task again.
    async fn resend(&self, resend: Resend) -> Result<Option<Settled>, StorageError>;

    /// Notes a sign of life.
    async fn sign(&self, sign: Sign) -> Result<Option<Settled>, StorageError>;

    /// Folds up to `batch` earnings into artists' balances and styles' usage counts; returns how many. One folder at
    /// a time: another one finds nothing to do.
    async fn fold(&self, batch: i64) -> Result<u64, StorageError>;
}
