//! What training workers report. A report is called once and never again: whatever is known of the style is accepted,
//! and what comes late or twice changes nothing.

use std::sync::Arc;

use domain::{
    ObjectAddress, StorageError, StyleId, TaskId,
    clock::Clock,
    generations::ReleaseCause,
    styles::{
        Trained, TrainingComplete, TrainingEvent, TrainingFail, TrainingHeartbeat, TrainingStatus, Trainings,
    },
    workers::FailureCode,
};
use serde_json::Value;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrainingReport {
    /// Whether anything changed.
    pub applied: bool,
    pub status: TrainingStatus,
}

/// Takes the reports of training workers. `None`: no such style.
#[derive(Clone)]
pub struct TrainingReports {
    pub trainings: Arc<dyn Trainings>,
    pub clock: Arc<dyn Clock>,
}

impl TrainingReports {
    /// Progress; also a heartbeat.
    pub async fn progress(
        &self,
        style: StyleId,
        task_id: Option<TaskId>,
        progress: Value,
    ) -> Result<Option<TrainingReport>, StorageError> {
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

    /// The model is there. Counts even for a training that was given up.
    pub async fn complete(
        &self,
        style: StyleId,
        task_id: Option<TaskId>,
        model: ObjectAddress,
        metric: Option<Value>,
    ) -> Result<Option<TrainingReport>, StorageError> {
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

    /// The worker gave up.
    pub async fn failed(
        &self,
        style: StyleId,
        task_id: Option<TaskId>,
        code: &FailureCode,
        message: String,
    ) -> Result<Option<TrainingReport>, StorageError> {
        let fail = TrainingFail {
            style,
            cause: ReleaseCause::Worker { task_id },
            attempt: None,
            error_code: code.as_str().to_owned(),
            error_message: message,
            now: self.clock.now(),
        };
        Ok(report(self.trainings.fail(fail).await?, TrainingEvent::Fail))
    }
}

fn report(trained: Option<Trained>, event: TrainingEvent) -> Option<TrainingReport> {
    trained.map(|Trained { applied, before }| {
        let after = if applied {
            before.apply(event).unwrap_or(before)
        } else {
            before
        };
        TrainingReport {
            applied,
            status: after,
        }
    })
}
