//! Silent requests.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, StorageError,
    generations::{Capture, Release, ReleaseCause, SilentGeneration},
    object::legacy_result_key,
    workers::{AfterSilence, FailureCode, after_silence},
};

use super::{NEVER_TAKEN, Outcome, SILENT, Sweeper, result_store::ResultStore, silence};

impl Sweeper {
    pub(super) async fn sweep_generation(
        &self,
        job: &SilentGeneration,
        results: &ResultStore<'_>,
    ) -> Result<Outcome, StorageError> {
        let places = [
            self.buckets.public(&job.result_key),
            self.buckets.public(legacy_result_key(job.id)),
            self.buckets.private(legacy_result_key(job.id)),
        ];
        let (stored, object) = results.look(&places, job.created_at).await;
        let now = self.clock.now();
        let deadline = if job.attempt.taken {
            self.deadlines.generation
        } else {
            self.deadlines.queue
        };
        let cause = ReleaseCause::Sweep {
            silent_since: now - deadline,
        };
        match after_silence(
            &job.attempt,
            silence(job.last_heartbeat_at, now),
            deadline,
            stored,
        ) {
            AfterSilence::Complete => self.complete_generation(job, object, now).await,
            AfterSilence::Wait => Ok(Outcome::Left),
            AfterSilence::SendAgain { delay } => self.resend_generation(job, cause, delay, now).await,
            AfterSilence::GiveUp => self.give_up_generation(job, cause, now).await,
        }
    }

    async fn complete_generation(
        &self,
        job: &SilentGeneration,
        object: Option<ObjectAddress>,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let Some(object) = object else {
            return Ok(Outcome::Left);
        };
        let capture = Capture {
            generation: job.id,
            task_id: None,
            object,
            metadata: None,
            now,
        };
        let settled = self.settlements.capture(capture).await?;
        Ok(Outcome::Completed.when(settled.is_some_and(|s| s.applied)))
    }

    async fn resend_generation(
        &self,
        job: &SilentGeneration,
        cause: ReleaseCause,
        delay: Duration,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let brief = self.generations.brief(job.id).await?;
        let Some(brief) = brief.filter(|brief| brief.attempt == job.attempt) else {
            return Ok(Outcome::Left);
        };
        let Some(resend) = self.reports.resend_of(&brief, cause, delay, FailureCode::TIMEOUT) else {
            return self.give_up_generation(job, cause, now).await;
        };
        let settled = self.settlements.resend(resend).await?;
        Ok(Outcome::Resent.when(settled.is_some_and(|s| s.applied)))
    }

    async fn give_up_generation(
        &self,
        job: &SilentGeneration,
        cause: ReleaseCause,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StorageError> {
        let release = Release {
            generation: job.id,
            cause,
            attempt: job.attempt.number,
            error_code: FailureCode::TIMEOUT.to_owned(),
            error_message: if job.attempt.taken { SILENT } else { NEVER_TAKEN }.to_owned(),
            now,
        };
        let settled = self.settlements.release(release).await?;
        Ok(Outcome::Failed.when(settled.is_some_and(|s| s.applied)))
    }
}
