//! Deadlines: generations and trainings without a heartbeat for too long are completed from storage,
//! resent, or failed. Its writes are guarded by what it read, so several servers need no leader.

mod generations;
mod result_store;
mod trainings;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::{
    StorageError,
    clock::{Clock, Ids},
    generations::{GenerationQueries, Settlements},
    object::{Buckets, ObjectStorage},
    styles::{StyleQueries, Trainings},
    workers::{Attempt, Deadlines, StoredResult, TimeoutAction, timeout_action},
};

use crate::{generations::InferenceReports, workers::TaskWriter};

use self::result_store::ResultStore;

/// Jobs of each kind in one round.
const BATCH: i64 = 100;

/// Result of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeadlineReport {
    pub completed: usize,
    pub resent: usize,
    pub failed: usize,
    /// Unchanged: storage did not answer, a worker was faster, or the job could not be read.
    pub unchanged: usize,
}

impl DeadlineReport {
    /// Whether the next round will find more: this one was full and made progress.
    pub fn is_full(&self) -> bool {
        let done = self.completed + self.resent + self.failed;
        done > 0 && done + self.unchanged >= BATCH.unsigned_abs().try_into().unwrap_or(usize::MAX)
    }
}

/// Enforces the deadlines of generations and trainings.
pub struct DeadlineJob {
    pub generations: Arc<dyn GenerationQueries>,
    pub styles: Arc<dyn StyleQueries>,
    pub settlements: Arc<dyn Settlements>,
    pub trainings: Arc<dyn Trainings>,
    /// Searched for results before a task is resent.
    pub storage: Arc<dyn ObjectStorage>,
    pub reports: InferenceReports,
    pub tasks: TaskWriter,
    pub buckets: Buckets,
    pub deadlines: Deadlines,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// Result of one job.
enum Outcome {
    Completed,
    Resent,
    Failed,
    Unchanged,
}

impl Outcome {
    /// The outcome, unless another writer was faster.
    fn if_applied(self, applied: bool) -> Self {
        if applied { self } else { Self::Unchanged }
    }
}

impl DeadlineReport {
    fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Completed => self.completed += 1,
            Outcome::Resent => self.resent += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
    }
}

impl DeadlineJob {
    /// One round over generations and trainings. A job that cannot be handled is logged and left, so that it does not
    /// block the others. Only an unavailable database ends the round.
    pub async fn round(&self) -> Result<DeadlineReport, StorageError> {
        let now = self.clock.now();
        let mut report = DeadlineReport::default();
        let results = ResultStore::new(self.storage.as_ref());
        let waiting_before = now - self.deadlines.queue;
        let silent = self
            .generations
            .silent(now - self.deadlines.generation, waiting_before, BATCH)
            .await?;
        for job in silent {
            let outcome = self.check_generation(&job, &results).await;
            report.count(&log_error("generation", job.id.0, outcome)?);
        }
        let silent = self
            .styles
            .silent(now - self.deadlines.training, waiting_before, BATCH)
            .await?;
        for job in silent {
            let outcome = self.check_training(&job, &results).await;
            report.count(&log_error("style", job.id.0, outcome)?);
        }
        if report != DeadlineReport::default() {
            tracing::info!(?report, "deadlines enforced");
        }
        Ok(report)
    }
}

fn log_error(
    kind: &'static str,
    id: i64,
    outcome: Result<Outcome, StorageError>,
) -> Result<Outcome, StorageError> {
    match outcome {
        Ok(outcome) => Ok(outcome),
        Err(error @ StorageError::Unavailable(_)) => Err(error),
        Err(error) => {
            tracing::error!(
                kind,
                id,
                error = &error as &dyn std::error::Error,
                "a silent job cannot be handled"
            );
            Ok(Outcome::Unchanged)
        }
    }
}

/// A job and the clock of its deadline.
struct HeartbeatTimeout {
    now: DateTime<Utc>,
    /// The job counts as silent only while it has no later heartbeat.
    since: DateTime<Utc>,
    action: TimeoutAction,
}

impl HeartbeatTimeout {
    /// `deadline` is the one of a job that a worker has taken.
    fn of(
        job: &DeadlineJob,
        attempt: &Attempt,
        last_heartbeat_at: DateTime<Utc>,
        deadline: Duration,
        stored: StoredResult,
    ) -> Self {
        let now = job.clock.now();
        let deadline = if attempt.taken {
            deadline
        } else {
            job.deadlines.queue
        };
        let silence = (now - last_heartbeat_at).to_std().unwrap_or_default();
        Self {
            now,
            since: now - deadline,
            action: timeout_action(attempt, silence, deadline, stored),
        }
    }
}

/// The error message of a failed job.
fn error_message(attempt: &Attempt) -> String {
    let text = if attempt.taken {
        "No worker reported on this job in time."
    } else {
        "No worker took this job in time."
    };
    text.to_owned()
}
