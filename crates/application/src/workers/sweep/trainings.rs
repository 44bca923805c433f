//! Silent trainings.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, StorageError, TaskId,
    generations::ReleaseCause,
    object::model_key,
    styles::{SilentTraining, TrainingComplete, TrainingFail, TrainingResend},
    workers::{AfterSilence, FailureCode, after_silence},
};

use super::{NEVER_TAKEN, Outcome, SILENT, Sweeper, result_store::ResultStore, silence};
use crate::workers::{TaskStamp, TrainingTask};

impl Sweeper {
    pub(super) async fn sweep_training(
        &self,
        job: &SilentTraining,
        results: &ResultStore<'_>,
    ) -> Result<Outcome, StorageError> {
        let key = model_key(job.id);
        let places = [self.buckets.private(&key), self.buckets.public(&key)];
        let (stored, model) = results.look(&places, job.sent_at).await;
        let now = self.clock.now();
        let deadline = if job.attempt.taken {
            self.deadlines.training
        } else {
            self.deadlines.queue
        };
        let silent_since = now - deadline;
        match after_silence(
            &job.attempt,
            silence(job.last_heartbeat_at, now),
            deadline,
            stored,
        ) {
            AfterSilence::Complete => self.complete_training(job, model, now).await,
            AfterSilence::Wait => Ok(Outcome::Left),
            AfterSilence::SendAgain { delay } => self.resend_training(job, silent_since, delay, now).await,
            AfterSilence::GiveUp => self.give_up_training(job, silent_since, now).await,
        }
    }

    async fn complete_training(
        &self,
        job: &SilentTraining,
        model: Option<ObjectAddress>,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let Some(model) = model else {
            return Ok(Outcome::Left);
        };
        let complete = TrainingComplete {
            style: job.id,
            task_id: None,
            model,
            metric: None,
            now,
        };
        let trained = self.trainings.complete(complete).await?;
        Ok(Outcome::Completed.when(trained.is_some_and(|t| t.applied)))
    }

    async fn resend_training(
        &self,
        job: &SilentTraining,
        silent_since: DateTime<Utc>,
        delay: Duration,
        now: DateTime<Utc>,
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
        Ok(Outcome::Resent.when(trained.is_some_and(|t| t.applied)))
    }

    async fn give_up_training(
        &self,
        job: &SilentTraining,
        silent_since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let fail = TrainingFail {
            style: job.id,
            cause: ReleaseCause::Sweep { silent_since },
            attempt: Some(job.attempt.number),
            error_code: FailureCode::TIMEOUT.to_owned(),
            error_message: if job.attempt.taken { SILENT } else { NEVER_TAKEN }.to_owned(),
            now,
        };
        let trained = self.trainings.fail(fail).await?;
        Ok(Outcome::Failed.when(trained.is_some_and(|t| t.applied)))
    }
}
