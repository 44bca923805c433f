//! The sweep: jobs of which nothing was heard for too long are completed from storage, sent again, or given up and
//! refunded. It reads, asks storage, then writes guarded by what it read, so several servers need no leader.

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
    workers::Deadlines,
};

use crate::{generations::InferenceReports, workers::TaskWriter};

use self::result_store::ResultStore;

/// Jobs looked at in one round.
const BATCH: i64 = 100;

/// What the owner reads when a worker fell silent.
const SILENT: &str = "No worker reported on this job in time.";

/// What the owner reads when no worker came.
const NEVER_TAKEN: &str = "No worker took this job in time.";

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepReport {
    pub completed: usize,
    pub resent: usize,
    pub failed: usize,
    /// Left alone: storage could not be asked, a worker was faster, or the job could not be read.
    pub left: usize,
}

impl SweepReport {
    /// Whether another round would find more: this one was full and got somewhere.
    pub fn is_full(&self) -> bool {
        let done = self.completed + self.resent + self.failed;
        done > 0 && done + self.left >= BATCH.unsigned_abs().try_into().unwrap_or(usize::MAX)
    }
}

/// Looks after silent jobs.
pub struct Sweeper {
    pub generations: Arc<dyn GenerationQueries>,
    pub styles: Arc<dyn StyleQueries>,
    pub settlements: Arc<dyn Settlements>,
    pub trainings: Arc<dyn Trainings>,
    /// Asked for results before anything is sent again.
    pub storage: Arc<dyn ObjectStorage>,
    pub reports: InferenceReports,
    pub tasks: TaskWriter,
    pub buckets: Buckets,
    pub deadlines: Deadlines,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// What became of one job.
enum Outcome {
    Completed,
    Resent,
    Failed,
    Left,
}

impl Outcome {
    /// The outcome, unless somebody else was faster.
    fn when(self, applied: bool) -> Self {
        if applied { self } else { Self::Left }
    }
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
    /// One round over requests and trainings. A job that cannot be handled is logged and left: it does not keep the
    /// others from their end. Only a database that is gone ends the round.
    pub async fn round(&self) -> Result<SweepReport, StorageError> {
        let now = self.clock.now();
        let mut report = SweepReport::default();
        let results = ResultStore::new(self.storage.as_ref());
        let waiting_before = now - self.deadlines.queue;
        let silent = self
            .generations
            .silent(now - self.deadlines.generation, waiting_before, BATCH)
            .await?;
        for job in silent {
            let outcome = self.sweep_generation(&job, &results).await;
            report.count(&settled_or_left("generation", job.id.0, outcome)?);
        }
        let silent = self
            .styles
            .silent(now - self.deadlines.training, waiting_before, BATCH)
            .await?;
        for job in silent {
            let outcome = self.sweep_training(&job, &results).await;
            report.count(&settled_or_left("style", job.id.0, outcome)?);
        }
        if report != SweepReport::default() {
            tracing::info!(?report, "silent jobs swept");
        }
        Ok(report)
    }
}

fn settled_or_left(
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
            Ok(Outcome::Left)
        }
    }
}

/// How long nothing was heard.
fn silence(last_heartbeat_at: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    (now - last_heartbeat_at).to_std().unwrap_or_default()
}
