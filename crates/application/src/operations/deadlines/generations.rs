//! Deadlines of generations.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, StorageError,
    generations::{Capture, Release, SilentGeneration},
    object::legacy_result_key,
    workers::{FailureCause, FailureCode, TimeoutAction},
};

use super::{DeadlineJob, HeartbeatTimeout, Outcome, error_message, result_store::ResultStore};

impl DeadlineJob {
    pub(super) async fn check_generation(
        &self,
        job: &SilentGeneration,
        results: &ResultStore<'_>,
    ) -> Result<Outcome, StorageError> {
        let places = [
            self.buckets.public(&job.result_key),
            self.buckets.public(legacy_result_key(job.id)),
            self.buckets.private(legacy_result_key(job.id)),
        ];
        let (stored, object) = results.find(&places, job.created_at).await;
        let deadline = self.deadlines.generation;
        let HeartbeatTimeout { now, since, action } =
            HeartbeatTimeout::of(self, &job.attempt, job.last_heartbeat_at, deadline, stored);
        let cause = FailureCause::Deadline { silent_since: since };
        match action {
            TimeoutAction::Complete => self.complete_generation(job, object, now).await,
            TimeoutAction::Wait => Ok(Outcome::Unchanged),
            TimeoutAction::Resend { delay } => self.resend_generation(job, cause, delay, now).await,
            TimeoutAction::Fail => self.fail_generation(job, cause, now).await,
        }
    }

    async fn complete_generation(
        &self,
        job: &SilentGeneration,
        object: Option<ObjectAddress>,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let Some(object) = object else {
            return Ok(Outcome::Unchanged);
        };
        let capture = Capture {
            generation: job.id,
            task_id: None,
            object,
            metadata: None,
            now,
        };
        let settled = self.settlements.capture(capture).await?;
        Ok(Outcome::Completed.if_applied(settled.is_some_and(|s| s.applied)))
    }

    async fn resend_generation(
        &self,
        job: &SilentGeneration,
        cause: FailureCause,
        delay: Duration,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let brief = self.generations.brief(job.id).await?;
        let Some(brief) = brief.filter(|brief| brief.attempt == job.attempt) else {
            return Ok(Outcome::Unchanged);
        };
        let Some(resend) = self.reports.resend_of(&brief, cause, delay, FailureCode::TIMEOUT) else {
            return self.fail_generation(job, cause, now).await;
        };
        let settled = self.settlements.resend(resend).await?;
        Ok(Outcome::Resent.if_applied(settled.is_some_and(|s| s.applied)))
    }

    async fn fail_generation(
        &self,
        job: &SilentGeneration,
        cause: FailureCause,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let release = Release {
            generation: job.id,
            cause,
            attempt: job.attempt.number,
            error_code: FailureCode::TIMEOUT.to_owned(),
            error_message: error_message(&job.attempt),
            now,
        };
        let settled = self.settlements.release(release).await?;
        Ok(Outcome::Failed.if_applied(settled.is_some_and(|s| s.applied)))
    }
}
