//! State changes of a training by workers and the deadline job: one guarded statement each. They mirror
//! [`crate::styles::TrainingStatus`].

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    ObjectAddress, StorageError, StyleId, TaskId,
    styles::TrainingStatus,
    workers::{FailureCause, Transition},
};

#[derive(Debug, Clone)]
pub struct TrainingHeartbeat {
    pub style: StyleId,
    /// The reporting attempt, if the report names it.
    pub task_id: Option<TaskId>,
    /// As shown to the owner.
    pub progress: Value,
    pub now: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub struct TrainingComplete {
    pub style: StyleId,
    /// The reporting attempt, if the report names it.
    pub task_id: Option<TaskId>,
    pub model: ObjectAddress,
    /// Measurements of the worker.
    pub metric: Option<Value>,
    pub now: DateTime<Utc>,
}

/// Fails a training.
#[derive(Debug, Clone)]
pub struct TrainingFail {
    pub style: StyleId,
    pub cause: FailureCause,
    /// The attempt that was read. `None` for a report of a worker: any attempt.
    pub attempt: Option<u16>,
    pub error_code: String,
    pub error_message: String,
    pub now: DateTime<Utc>,
}

/// Sends the task of a silent training again.
#[derive(Debug, Clone)]
pub struct TrainingResend {
    pub style: StyleId,
    /// Without effect after a later heartbeat.
    pub silent_since: DateTime<Utc>,
    pub attempt: u16,
    pub new_task_id: TaskId,
    /// The task, JSON.
    pub payload: Vec<u8>,
    pub send_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// State changes of trainings. `None`: there is no such style.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Trainings: Send + Sync {
    /// Records a heartbeat.
    async fn heartbeat(
        &self,
        heartbeat: TrainingHeartbeat,
    ) -> Result<Option<Transition<TrainingStatus>>, StorageError>;

    /// Completes the training, so that the style can be used.
    async fn complete(
        &self,
        complete: TrainingComplete,
    ) -> Result<Option<Transition<TrainingStatus>>, StorageError>;

    /// Fails the training.
    async fn fail(&self, fail: TrainingFail) -> Result<Option<Transition<TrainingStatus>>, StorageError>;

    /// Sends the task again.
    async fn resend(
        &self,
        resend: TrainingResend,
    ) -> Result<Option<Transition<TrainingStatus>>, StorageError>;
}
