//! What inference workers report. A report is called once and never again: whatever is known of the request is
//! accepted, and what comes late or twice moves no tokens.

use std::sync::Arc;

use domain::{
    GenerationId, ObjectAddress, StorageError, TaskId,
    clock::{Clock, Ids},
    generations::{
        Capture, GenerationBrief, GenerationEvent, GenerationQueries, GenerationStatus, Heartbeat, Release,
        ReleaseCause, Resend, Settled, Settlements,
    },
    workers::{AfterFailure, FailureCode},
};
use serde_json::Value;

use crate::workers::{ImageTask, TaskStamp, TaskWriter};

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GenerationReport {
    /// Whether anything changed.
    pub applied: bool,
    pub status: GenerationStatus,
}

/// A failure as a worker reports it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The attempt that reports, when it says so.
    pub task_id: Option<TaskId>,
    pub code: FailureCode,
    pub message: String,
}

/// Takes the reports of inference workers. `None`: no such request.
#[derive(Clone)]
pub struct InferenceReports {
    pub queries: Arc<dyn GenerationQueries>,
    pub settlements: Arc<dyn Settlements>,
    pub tasks: TaskWriter,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

impl InferenceReports {
    /// Progress; also a heartbeat. A lower figure than before counts: workers start over inside.
    pub async fn progress(
        &self,
        generation: GenerationId,
        task_id: Option<TaskId>,
        progress: Value,
    ) -> Result<Option<GenerationReport>, StorageError> {
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

    /// The image is there: the artist is paid.
    pub async fn complete(
        &self,
        generation: GenerationId,
        task_id: Option<TaskId>,
        object: ObjectAddress,
        metadata: Option<Value>,
    ) -> Result<Option<GenerationReport>, StorageError> {
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

    /// The worker failed: sent again, or given up and refunded.
    pub async fn failed(
        &self,
        generation: GenerationId,
        failure: Failure,
    ) -> Result<Option<GenerationReport>, StorageError> {
        let Some(brief) = self.queries.brief(generation).await? else {
            return Ok(None);
        };
        let verdict = failure.code.verdict(brief.attempt.number);
        // A worker that goes on by itself shows a heartbeat: like progress, it counts before any other heartbeat has.
        let counts = verdict == AfterFailure::WorkerRetries || brief.attempt.failure_counts(failure.task_id);
        if brief.status.is_final() || !counts {
            return Ok(Some(GenerationReport {
                applied: false,
                status: brief.status,
            }));
        }
        let (settled, event) = match verdict {
            AfterFailure::WorkerRetries => (
                self.worker_retries(&brief, &failure).await?,
                GenerationEvent::WorkerRetries,
            ),
            AfterFailure::SendAgain { delay } => {
                let cause = ReleaseCause::Worker {
                    task_id: failure.task_id,
                };
                match self.resend_of(&brief, cause, delay, failure.code.as_str()) {
                    Some(resend) => (self.settlements.resend(resend).await?, GenerationEvent::Resend),
                    None => (self.give_up(&brief, failure).await?, GenerationEvent::Fail),
                }
            }
            AfterFailure::GiveUp => (self.give_up(&brief, failure).await?, GenerationEvent::Fail),
        };
        Ok(report(settled, event))
    }

    /// The statement that sends a lost or failed request's task again; none when its style has lost its model.
    pub(crate) fn resend_of(
        &self,
        brief: &GenerationBrief,
        cause: ReleaseCause,
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
            generation: brief.id,
            style: brief.style,
            prompt_tags: &brief.prompt_tags,
            aspect: brief.aspect,
            seed: brief.seed,
            result_key: &brief.result_key,
            model: brief.model.as_ref()?,
            signature: brief.signature.as_ref(),
        };
        Some(Resend {
            generation: brief.id,
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
    ) -> Result<Option<Settled>, StorageError> {
        let heartbeat = Heartbeat {
            generation: brief.id,
            task_id: failure.task_id,
            status: GenerationStatus::Retrying,
            progress: None,
            now: self.clock.now(),
        };
        self.settlements.heartbeat(heartbeat).await
    }

    async fn give_up(
        &self,
        brief: &GenerationBrief,
        failure: Failure,
    ) -> Result<Option<Settled>, StorageError> {
        let release = Release {
            generation: brief.id,
            cause: ReleaseCause::Worker {
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

fn report(settled: Option<Settled>, event: GenerationEvent) -> Option<GenerationReport> {
    settled.map(|Settled { applied, before }| {
        let after = if applied {
            before.apply(event).unwrap_or(before)
        } else {
            before
        };
        GenerationReport {
            applied,
            status: after,
        }
    })
}
