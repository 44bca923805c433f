//! Reports of training workers. Workers do not repeat a report, so every known style is accepted. A late or repeated
//! report changes nothing.

use std::sync::Arc;

use domain::{
    ObjectAddress, StorageError, StyleId, TaskId,
    clock::Clock,
    styles::{TrainingComplete, TrainingEvent, TrainingFail, TrainingHeartbeat, TrainingStatus, Trainings},
    workers::{FailureCause, FailureCode, Transition},
};
use serde_json::Value;

use crate::workers::Report;

/// Reports of training workers. `None`: there is no such style.
#[derive(Clone)]
pub struct TrainingReports {
    pub trainings: Arc<dyn Trainings>,
    pub clock: Arc<dyn Clock>,
}

impl TrainingReports {
    /// Progress, which is also a heartbeat.
    pub async fn progress(
        &self,
        style: StyleId,
        task_id: Option<TaskId>,
        progress: Value,
    ) -> Result<Option<Report<TrainingStatus>>, StorageError> {
        let heartbeat = TrainingHeartbeat {
            style,
            task_id,
            progress,
            now: self.clock.now(),
        };
        Ok(report(
            self.trainings.heartbeat(heartbeat).await?,
            TrainingEvent::Progress,
        ))
    }

    /// The model is stored. Valid also for a failed training.
    pub async fn complete(
        &self,
        style: StyleId,
        task_id: Option<TaskId>,
        model: ObjectAddress,
        metric: Option<Value>,
    ) -> Result<Option<Report<TrainingStatus>>, StorageError> {
        let complete = TrainingComplete {
            style,
            task_id,
            model,
            metric,
            now: self.clock.now(),
        };
        Ok(report(
            self.trainings.complete(complete).await?,
            TrainingEvent::Complete,
        ))
    }

    /// The worker failed.
    pub async fn failed(
        &self,
        style: StyleId,
        task_id: Option<TaskId>,
        code: &FailureCode,
        message: String,
    ) -> Result<Option<Report<TrainingStatus>>, StorageError> {
        let fail = TrainingFail {
            style,
            cause: FailureCause::Worker { task_id },
            attempt: None,
            error_code: code.as_str().to_owned(),
            error_message: message,
            now: self.clock.now(),
        };
        Ok(report(self.trainings.fail(fail).await?, TrainingEvent::Fail))
    }
}

fn report(
    trained: Option<Transition<TrainingStatus>>,
    event: TrainingEvent,
) -> Option<Report<TrainingStatus>> {
    trained.map(|trained| Report::of(trained, |before| before.apply(event)))
}
