//! Deadlines of trainings.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, StorageError, TaskId,
    object::model_key,
    styles::{SilentTraining, TrainingComplete, TrainingFail, TrainingResend},
    workers::{FailureCause, FailureCode, TimeoutAction},
};

use super::{DeadlineJob, HeartbeatTimeout, Outcome, error_message, result_store::ResultStore};
use crate::workers::{TaskStamp, TrainingTask};

impl DeadlineJob {
    pub(super) async fn check_training(
        &self,
        job: &SilentTraining,
        results: &ResultStore<'_>,
    ) -> Result<Outcome, StorageError> {
        let key = model_key(job.id);
        let places = [self.buckets.private(&key), self.buckets.public(&key)];
        let (stored, model) = results.find(&places, job.sent_at).await;
        let deadline = self.deadlines.training;
        let HeartbeatTimeout { now, since, action } =
            HeartbeatTimeout::of(self, &job.attempt, job.last_heartbeat_at, deadline, stored);
        match action {
            TimeoutAction::Complete => self.complete_training(job, model, now).await,
            TimeoutAction::Wait => Ok(Outcome::Unchanged),
            TimeoutAction::Resend { delay } => self.resend_training(job, since, delay, now).await,
            TimeoutAction::Fail => self.fail_training(job, since, now).await,
        }
    }

    async fn complete_training(
        &self,
        job: &SilentTraining,
        model: Option<ObjectAddress>,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let Some(model) = model else {
            return Ok(Outcome::Unchanged);
        };
        let complete = TrainingComplete {
            style: job.id,
            task_id: None,
            model,
            metric: None,
            now,
        };
        let trained = self.trainings.complete(complete).await?;
        Ok(Outcome::Completed.if_applied(trained.is_some_and(|t| t.applied)))
    }

    async fn resend_training(
        &self,
        job: &SilentTraining,
        silent_since: DateTime<Utc>,
        delay: Duration,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let Some(brief) = self.styles.training_brief(job.id).await? else {
            return Ok(Outcome::Unchanged);
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
        Ok(Outcome::Resent.if_applied(trained.is_some_and(|t| t.applied)))
    }

    async fn fail_training(
        &self,
        job: &SilentTraining,
        silent_since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let fail = TrainingFail {
            style: job.id,
            cause: FailureCause::Deadline { silent_since },
            attempt: Some(job.attempt.number),
            error_code: FailureCode::TIMEOUT.to_owned(),
            error_message: error_message(&job.attempt),
            now,
        };
        let trained = self.trainings.fail(fail).await?;
        Ok(Outcome::Failed.if_applied(trained.is_some_and(|t| t.applied)))
    }
}
