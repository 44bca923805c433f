//! What workers and the sweep do to a training: one guarded statement each, as for generations, without money.
//! The rule they mirror is [`crate::style::TrainingStatus`].

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{ReleaseCause, StorageError};
use crate::{ObjectAddress, StyleId, TaskId, style::TrainingStatus};

/// A sign of life.
#[derive(Debug, Clone)]
pub struct TrainingSign {
    /// The style.
    pub style: StyleId,
    /// The attempt that reports, when it says so.
    pub task_id: Option<TaskId>,
    /// What the worker reported, as it is shown.
    pub progress: Value,
    /// Now.
    pub now: DateTime<Utc>,
}

/// A trained model.
#[derive(Debug, Clone)]
pub struct TrainingComplete {
    /// The style.
    pub style: StyleId,
    /// The attempt that reports, when it says so.
    pub task_id: Option<TaskId>,
    /// Where the model lies.
    pub model: ObjectAddress,
    /// What the worker says of it.
    pub metric: Option<Value>,
    /// Now.
    pub now: DateTime<Utc>,
}

/// A training is given up.
#[derive(Debug, Clone)]
pub struct TrainingFail {
    /// The style.
    pub style: StyleId,
    /// Who and why.
    pub cause: ReleaseCause,
    /// The attempt that was read; any when the worker reports.
    pub attempt: Option<u16>,
    /// Shown to the owner.
    pub error_code: String,
    /// Shown to the owner.
    pub error_message: String,
    /// Now.
    pub now: DateTime<Utc>,
}

/// A lost training's task is sent again.
#[derive(Debug, Clone)]
pub struct TrainingResend {
    /// The style.
    pub style: StyleId,
    /// Last sign of life must not be younger.
    pub silent_since: DateTime<Utc>,
    /// The attempt that was read.
    pub attempt: u16,
    /// The next attempt's task.
    pub new_task_id: TaskId,
    /// The task, JSON.
    pub payload: Vec<u8>,
    /// When to send it.
    pub send_at: DateTime<Utc>,
    /// Now.
    pub now: DateTime<Utc>,
}

/// What a statement found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trained {
    /// Whether anything changed.
    pub applied: bool,
    /// State before the call.
    pub before: TrainingStatus,
}

/// The statements. A style that does not exist is `None`.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Trainings: Send + Sync {
    /// Notes a sign of life.
    async fn sign(&self, sign: TrainingSign) -> Result<Option<Trained>, StorageError>;

    /// Makes the style usable.
    async fn complete(&self, complete: TrainingComplete) -> Result<Option<Trained>, StorageError>;

    /// Gives the training up.
    async fn fail(&self, fail: TrainingFail) -> Result<Option<Trained>, StorageError>;

    /// Sends the task again.
    async fn resend(&self, resend: TrainingResend) -> Result<Option<Trained>, StorageError>;
}
