//! Reports of inference workers. Workers do not repeat a report, so every known generation is accepted. A late or
//! repeated report moves no tokens.

use std::sync::Arc;

use domain::{
    GenerationId, ObjectAddress, StorageError, TaskId,
    clock::{Clock, Ids},
    generations::{
        Capture, GenerationBrief, GenerationEvent, GenerationQueries, GenerationStatus, Heartbeat, Release,
        Resend, Settlements,
    },
    workers::{FailureAction, FailureCause, FailureCode, Transition},
};
use serde_json::Value;

use crate::workers::{ImageTask, Report, TaskStamp, TaskWriter};

/// A failure as a worker reports it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The reporting attempt, if the report names it.
    pub task_id: Option<TaskId>,
    pub code: FailureCode,
    pub message: String,
}

/// Reports of inference workers. `None`: there is no such generation.
#[derive(Clone)]
pub struct InferenceReports {
    pub queries: Arc<dyn GenerationQueries>,
    pub settlements: Arc<dyn Settlements>,
    pub tasks: TaskWriter,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

impl InferenceReports {
    /// Progress, which is also a heartbeat. It may decrease: workers restart internally.
    pub async fn progress(
        &self,
        generation: GenerationId,
        task_id: Option<TaskId>,
        progress: Value,
    ) -> Result<Option<Report<GenerationStatus>>, StorageError> {
        let status = GenerationStatus::Processing;
        let heartbeat = Heartbeat {
            generation,
            task_id,
            status,
            progress: Some(progress),
            now: self.clock.now(),
        };
        Ok(report(
            self.settlements.heartbeat(heartbeat).await?,
            GenerationEvent::Progress,
        ))
    }

    /// The image is stored: capture.
    pub async fn complete(
        &self,
        generation: GenerationId,
        task_id: Option<TaskId>,
        object: ObjectAddress,
        metadata: Option<Value>,
    ) -> Result<Option<Report<GenerationStatus>>, StorageError> {
        let capture = Capture {
            generation,
            task_id,
            object,
            metadata,
            now: self.clock.now(),
        };
        Ok(report(
            self.settlements.capture(capture).await?,
            GenerationEvent::Complete,
        ))
    }

    /// The worker failed: resend the task, or release the tokens.
    pub async fn failed(
        &self,
        generation: GenerationId,
        failure: Failure,
    ) -> Result<Option<Report<GenerationStatus>>, StorageError> {
        let Some(brief) = self.queries.brief(generation).await? else {
            return Ok(None);
        };
        let action = failure.code.action(brief.attempt.number);
        // The report of a worker's own retry is a heartbeat, which counts in every attempt.
        let counts = action == FailureAction::WorkerRetries || brief.attempt.failure_counts(failure.task_id);
        if brief.request.status.is_final() || !counts {
            return Ok(Some(Report {
                applied: false,
                status: brief.request.status,
            }));
        }
        let (settled, event) = match action {
            FailureAction::WorkerRetries => (
                self.worker_retries(&brief, &failure).await?,
                GenerationEvent::WorkerRetries,
            ),
            FailureAction::Resend { delay } => {
                let cause = FailureCause::Worker {
                    task_id: failure.task_id,
                };
                match self.resend_of(&brief, cause, delay, failure.code.as_str()) {
                    Some(resend) => (self.settlements.resend(resend).await?, GenerationEvent::Resend),
                    None => (self.fail(&brief, failure).await?, GenerationEvent::Fail),
                }
            }
            FailureAction::Fail => (self.fail(&brief, failure).await?, GenerationEvent::Fail),
        };
        Ok(report(settled, event))
    }

    /// Builds the resend of a lost or failed generation. `None` when its style has no model any more.
    pub(crate) fn resend_of(
        &self,
        brief: &GenerationBrief,
        cause: FailureCause,
        delay: std::time::Duration,
        error_code: &str,
    ) -> Option<Resend> {
        let now = self.clock.now();
        let new_task_id = TaskId(self.ids.uuid());
        let stamp = TaskStamp {
            task_id: new_task_id,
            attempt: brief.attempt.number + 1,
            now,
        };
        let task = ImageTask {
            request: &brief.request,
            result_key: &brief.result_key,
            model: brief.model.as_ref()?,
            signature: brief.signature.as_ref(),
        };
        Some(Resend {
            generation: brief.request.id,
            cause,
            attempt: brief.attempt.number,
            new_task_id,
            payload: self.tasks.image(task, stamp),
            send_at: now + delay,
            error_code: error_code.to_owned(),
            now,
        })
    }

    async fn worker_retries(
        &self,
        brief: &GenerationBrief,
        failure: &Failure,
    ) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        let heartbeat = Heartbeat {
            generation: brief.request.id,
            task_id: failure.task_id,
            status: GenerationStatus::Retrying,
            progress: None,
            now: self.clock.now(),
        };
        self.settlements.heartbeat(heartbeat).await
    }

    async fn fail(
        &self,
        brief: &GenerationBrief,
        failure: Failure,
    ) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        let release = Release {
            generation: brief.request.id,
            cause: FailureCause::Worker {
                task_id: failure.task_id,
            },
            attempt: brief.attempt.number,
            error_code: failure.code.as_str().to_owned(),
            error_message: failure.message,
            now: self.clock.now(),
        };
        self.settlements.release(release).await
    }
}

fn report(
    settled: Option<Transition<GenerationStatus>>,
    event: GenerationEvent,
) -> Option<Report<GenerationStatus>> {
    settled.map(|settled| Report::of(settled, |before| before.apply(event)))
}
