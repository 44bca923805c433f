//! The sweep: jobs of which nothing was heard for too long are completed from storage, sent again, or given up and
//! refunded. It reads, asks storage, then writes guarded by what it read, so several servers need no leader.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, TaskId,
    object::{Buckets, legacy_result_key, model_key},
    ports::{
        Capture, Clock, Ids, ObjectStorage, Release, ReleaseCause, Settlements, StorageError,
        TrainingComplete, TrainingFail, TrainingResend, Trainings,
        queries::{GenerationQueries, SilentGeneration, SilentTraining, StyleQueries},
    },
    retry::{AfterFailure, Deadlines, FailureCode, after_loss},
};

use crate::{
    generations::InferenceReports,
    tasks::{TaskStamp, TaskWriter, TrainingTask},
};

/// Jobs looked at in one round.
const BATCH: i64 = 100;

const SILENT: &str = "No worker reported on this job in time.";
const NEVER_TAKEN: &str = "No worker took this job in time.";

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepReport {
    /// Found finished in storage.
    pub completed: usize,
    /// Sent again.
    pub resent: usize,
    /// Given up.
    pub failed: usize,
    /// Left alone: storage could not be asked, or a worker was faster.
    pub left: usize,
}

/// Looks after silent jobs.
pub struct Sweeper {
    /// Reads requests.
    pub generations: Arc<dyn GenerationQueries>,
    /// Reads styles.
    pub styles: Arc<dyn StyleQueries>,
    /// Settles requests.
    pub settlements: Arc<dyn Settlements>,
    /// Settles trainings.
    pub trainings: Arc<dyn Trainings>,
    /// Asked for results before anything is sent again.
    pub storage: Arc<dyn ObjectStorage>,
    /// Writes requests' next tasks.
    pub reports: InferenceReports,
    /// Writes trainings' next tasks.
    pub tasks: TaskWriter,
    /// Where results lie.
    pub buckets: Buckets,
    /// After which silence.
    pub deadlines: Deadlines,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Task ids.
    pub ids: Arc<dyn Ids>,
}

/// What storage says of a result.
enum Found {
    Yes(ObjectAddress),
    No,
    Unknown,
}

enum Outcome {
    Completed,
    Resent,
    Failed,
    Left,
}

impl SweepReport {
    fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Completed => self.completed += 1,
            Outcome::Resent => self.resent += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Left => self.left += 1,
        }
    }
}

impl Sweeper {
    /// One round over requests and trainings.
    pub async fn round(&self) -> Result<SweepReport, StorageError> {
        let now = self.clock.now();
        let mut report = SweepReport::default();
        let waiting_before = now - self.deadlines.queue;
        let silent = self
            .generations
            .silent(now - self.deadlines.generation, waiting_before, BATCH)
            .await?;
        for job in silent {
            report.count(&self.sweep_generation(&job, now).await?);
        }
        let silent = self
            .styles
            .silent(now - self.deadlines.training, waiting_before, BATCH)
            .await?;
        for job in silent {
            report.count(&self.sweep_training(&job, now).await?);
        }
        if report != SweepReport::default() {
            tracing::info!(?report, "silent jobs swept");
        }
        Ok(report)
    }

    async fn sweep_generation(
        &self,
        job: &SilentGeneration,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let places = [
            self.buckets.public(&job.result_key),
            self.buckets.public(legacy_result_key(job.id)),
            self.buckets.private(legacy_result_key(job.id)),
        ];
        let deadline = if job.attempt.taken {
            self.deadlines.generation
        } else {
            self.deadlines.queue
        };
        match self.look(&places, job.created_at).await {
            Found::Yes(object) => {
                let capture = Capture {
                    generation: job.id,
                    task_id: None,
                    object,
                    metadata: None,
                    now,
                };
                let settled = self.settlements.capture(capture).await?;
                return Ok(done(settled.is_some_and(|s| s.applied), Outcome::Completed));
            }
            Found::Unknown if now - job.last_sign_at < double(deadline) => return Ok(Outcome::Left),
            Found::Unknown | Found::No => {}
        }
        let silent_since = now - deadline;
        let cause = ReleaseCause::Sweep { silent_since };
        if job.attempt.taken
            && let AfterFailure::SendAgain { delay } = after_loss(job.attempt.number)
        {
            let Some(brief) = self.generations.brief(job.id).await? else {
                return Ok(Outcome::Left);
            };
            if brief.attempt != job.attempt {
                return Ok(Outcome::Left);
            }
            let resend = self.reports.resend_of(&brief, cause, delay, FailureCode::TIMEOUT);
            let settled = self.settlements.resend(resend).await?;
            return Ok(done(settled.is_some_and(|s| s.applied), Outcome::Resent));
        }
        let release = Release {
            generation: job.id,
            cause,
            attempt: job.attempt.number,
            error_code: FailureCode::TIMEOUT.to_owned(),
            error_message: if job.attempt.taken { SILENT } else { NEVER_TAKEN }.to_owned(),
            now,
        };
        let settled = self.settlements.release(release).await?;
        Ok(done(settled.is_some_and(|s| s.applied), Outcome::Failed))
    }

    async fn sweep_training(
        &self,
        job: &SilentTraining,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let key = model_key(job.id);
        let places = [self.buckets.private(&key), self.buckets.public(&key)];
        let deadline = if job.attempt.taken {
            self.deadlines.training
        } else {
            self.deadlines.queue
        };
        match self.look(&places, job.sent_at).await {
            Found::Yes(model) => {
                let complete = TrainingComplete {
                    style: job.id,
                    task_id: None,
                    model,
                    metric: None,
                    now,
                };
                let trained = self.trainings.complete(complete).await?;
                return Ok(done(trained.is_some_and(|t| t.applied), Outcome::Completed));
            }
            Found::Unknown if now - job.last_sign_at < double(deadline) => return Ok(Outcome::Left),
            Found::Unknown | Found::No => {}
        }
        let silent_since = now - deadline;
        if job.attempt.taken
            && let AfterFailure::SendAgain { delay } = after_loss(job.attempt.number)
        {
            return self.resend_training(job, silent_since, now, delay).await;
        }
        let fail = TrainingFail {
            style: job.id,
            cause: ReleaseCause::Sweep { silent_since },
            attempt: Some(job.attempt.number),
            error_code: FailureCode::TIMEOUT.to_owned(),
            error_message: if job.attempt.taken { SILENT } else { NEVER_TAKEN }.to_owned(),
            now,
        };
        let trained = self.trainings.fail(fail).await?;
        Ok(done(trained.is_some_and(|t| t.applied), Outcome::Failed))
    }

    async fn resend_training(
        &self,
        job: &SilentTraining,
        silent_since: DateTime<Utc>,
        now: DateTime<Utc>,
        delay: Duration,
    ) -> Result<Outcome, StorageError> {
        let Some(brief) = self.styles.training_brief(job.id).await? else {
            return Ok(Outcome::Left);
        };
        let new_task_id = TaskId(self.ids.uuid());
        let task = TrainingTask {
            style: job.id,
            images: &brief.images,
            tags: &brief.tags,
        };
        let stamp = TaskStamp {
            task_id: new_task_id,
            attempt: job.attempt.number + 1,
            now,
        };
        let resend = TrainingResend {
            style: job.id,
            silent_since,
            attempt: job.attempt.number,
            new_task_id,
            payload: self.tasks.training(task, stamp),
            send_at: now + delay,
            now,
        };
        let trained = self.trainings.resend(resend).await?;
        Ok(done(trained.is_some_and(|t| t.applied), Outcome::Resent))
    }

    /// Looks for a result that is newer than its task. Stores tell times to the second.
    async fn look(&self, places: &[ObjectAddress], not_before: DateTime<Utc>) -> Found {
        let mut asked_all = true;
        for place in places {
            match self.storage.head(place).await {
                Ok(Some(info))
                    if info.modified_at.timestamp() >= not_before.timestamp() && info.bytes > 0 =>
                {
                    return Found::Yes(place.clone());
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, key = place.key, "storage could not be asked for a result");
                    asked_all = false;
                }
            }
        }
        if asked_all { Found::No } else { Found::Unknown }
    }
}

fn done(applied: bool, outcome: Outcome) -> Outcome {
    if applied { outcome } else { Outcome::Left }
}

fn double(deadline: Duration) -> chrono::Duration {
    chrono::Duration::from_std(deadline * 2).unwrap_or(chrono::Duration::MAX)
}
