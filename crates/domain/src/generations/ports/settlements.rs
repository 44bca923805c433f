//! The money statements of a generation: each one round trip, whole or not at all.
//!
//! They run in autocommit and not inside a unit of work: BEGIN and COMMIT would cost two more round trips and keep
//! the wallet's row locked across them. The rules they mirror are [`crate::generations::GenerationStatus`],
//! [`crate::workers::Attempt`] and [`crate::ledger::Books`].

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    ArtistId, GenerationId, ObjectAddress, StorageError, StyleId, TaskId, Tokens, UserId,
    generations::{AspectRatio, Caption, GenerationStatus, PromptTags, Seed},
};

/// Everything a new request writes: hold, request, ledger entry, task.
#[derive(Debug, Clone)]
pub struct Hold {
    pub user: UserId,
    /// The price, more than none.
    pub price: Tokens,
    /// Id given out beforehand, so that task and answer can be built once.
    pub generation: GenerationId,
    pub style: StyleId,
    pub artist: ArtistId,
    pub task_id: TaskId,
    pub prompt: PromptTags,
    pub caption: Option<Caption>,
    pub aspect: AspectRatio,
    pub seed: Seed,
    /// Key in the public bucket under which the worker leaves the image.
    pub result_key: String,
    /// The task, JSON.
    pub payload: Vec<u8>,
    pub now: DateTime<Utc>,
}

/// What became of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldOutcome {
    /// Done; so much is left.
    Held { available: Tokens },
    /// Nothing was written: too few tokens.
    InsufficientTokens { available: Tokens },
    /// Nothing was written: the payer has no wallet, the account is gone.
    NoWallet,
}

/// A worker's image, or one the sweep found.
#[derive(Debug, Clone)]
pub struct Capture {
    pub generation: GenerationId,
    /// The attempt that reports, when it says so.
    pub task_id: Option<TaskId>,
    pub object: ObjectAddress,
    /// What the worker says of it.
    pub metadata: Option<Value>,
    pub now: DateTime<Utc>,
}

/// Who gives a request up, and what must still hold for it to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseCause {
    /// A worker reported a failure; counts by the rule of [`crate::workers::Attempt::failure_counts`].
    Worker {
        /// The attempt that reports, when it says so.
        task_id: Option<TaskId>,
    },
    /// Nothing was heard since `silent_since`.
    Sweep {
        /// Last heartbeat must not be younger.
        silent_since: DateTime<Utc>,
    },
    /// The account that asked is about to be erased. Counts in every open state.
    AccountDeleted,
}

/// A request is given up and its tokens go back.
#[derive(Debug, Clone)]
pub struct Release {
    pub generation: GenerationId,
    pub cause: ReleaseCause,
    pub attempt: u16,
    pub error_code: String,
    pub error_message: String,
    pub now: DateTime<Utc>,
}

/// The owner withdraws a request that no worker is at.
#[derive(Debug, Clone, Copy)]
pub struct OwnerCancel {
    pub generation: GenerationId,
    pub owner: UserId,
    pub now: DateTime<Utc>,
}

/// The task is sent again, without a new charge.
#[derive(Debug, Clone)]
pub struct Resend {
    pub generation: GenerationId,
    pub cause: ReleaseCause,
    pub attempt: u16,
    pub new_task_id: TaskId,
    /// The task, JSON.
    pub payload: Vec<u8>,
    /// When to send it.
    pub send_at: DateTime<Utc>,
    pub error_code: String,
    pub now: DateTime<Utc>,
}

/// A heartbeat.
#[derive(Debug, Clone)]
pub struct Heartbeat {
    pub generation: GenerationId,
    /// The attempt that reports, when it says so.
    pub task_id: Option<TaskId>,
    /// `Processing` for progress, `Retrying` for a worker that tries again by itself.
    pub status: GenerationStatus,
    /// What the worker reported, as it is shown.
    pub progress: Option<Value>,
    pub now: DateTime<Utc>,
}

/// What a statement found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Whether anything changed.
    pub applied: bool,
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

    /// Notes a heartbeat.
    async fn heartbeat(&self, heartbeat: Heartbeat) -> Result<Option<Settled>, StorageError>;

    /// Folds up to `batch` earnings into artists' balances and styles' usage counts; returns how many. One folder at
    /// a time: another one finds nothing to do.
    async fn fold(&self, batch: i64) -> Result<u64, StorageError>;
}
