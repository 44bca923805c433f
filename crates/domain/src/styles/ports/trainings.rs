//! What workers and the sweep do to a training: one guarded statement each, as for generations, without money.
//! The rule they mirror is [`crate::styles::TrainingStatus`].

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    ObjectAddress, StorageError, StyleId, TaskId, generations::ReleaseCause, styles::TrainingStatus,
};

/// A heartbeat.
#[derive(Debug, Clone)]
pub struct TrainingHeartbeat {
    pub style: StyleId,
    /// The attempt that reports, when it says so.
    pub task_id: Option<TaskId>,
    /// What the worker reported, as it is shown.
    pub progress: Value,
    pub now: DateTime<Utc>,
}

/// A trained model.
#[derive(Debug, Clone)]
pub struct TrainingComplete {
    pub style: StyleId,
    /// The attempt that reports, when it says so.
    pub task_id: Option<TaskId>,
    pub model: ObjectAddress,
    /// What the worker says of it.
    pub metric: Option<Value>,
    pub now: DateTime<Utc>,
}

/// A training is given up.
#[derive(Debug, Clone)]
pub struct TrainingFail {
    pub style: StyleId,
    pub cause: ReleaseCause,
    /// The attempt that was read; any when the worker reports.
    pub attempt: Option<u16>,
    pub error_code: String,
    pub error_message: String,
    pub now: DateTime<Utc>,
}

/// A lost training's task is sent again.
#[derive(Debug, Clone)]
pub struct TrainingResend {
    pub style: StyleId,
    /// Last heartbeat must not be younger.
    pub silent_since: DateTime<Utc>,
    pub attempt: u16,
    pub new_task_id: TaskId,
    /// The task, JSON.
    pub payload: Vec<u8>,
    /// When to send it.
    pub send_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// What a statement found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trained {
    /// Whether anything changed.
    pub applied: bool,
    pub before: TrainingStatus,
}

/// The statements. A style that does not exist is `None`.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Trainings: Send + Sync {
    /// Notes a heartbeat.
    async fn heartbeat(&self, heartbeat: TrainingHeartbeat) -> Result<Option<Trained>, StorageError>;

    /// Makes the style usable.
    async fn complete(&self, complete: TrainingComplete) -> Result<Option<Trained>, StorageError>;

    /// Gives the training up.
    async fn fail(&self, fail: TrainingFail) -> Result<Option<Trained>, StorageError>;

    /// Sends the task again.
    async fn resend(&self, resend: TrainingResend) -> Result<Option<Trained>, StorageError>;
}
