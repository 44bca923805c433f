//! Erasure of an account. The account is deactivated first and then deleted in steps. A background job finishes
//! erasures that were interrupted, so every step is repeatable.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, StorageError, UserId,
    clock::{Clock, Ids},
    generations::{Release, Settlements},
    object::{Buckets, legacy_result_key, model_key},
    unit_of_work::{UnitOfWork, UnitOfWorkFactory},
    users::{AccountLock, ErasureQueries, OpenGeneration, OwnedObjects, PendingErasure},
    workers::{Deadlines, FailureCause, FailureCode},
};

use crate::workers::{PRESIGNED_PUT_LIFETIME, storage_delete_messages};

/// Generations per read.
const BATCH: i64 = 100;

/// Attempts after a deadlock, or after concurrently created generations.
const MAX_ATTEMPTS: u32 = 20;

/// The background job leaves new erasures to the request that started them for this long.
const GRACE: Duration = Duration::from_secs(10);

/// Time for an upload that started before its presigned URL expired, including clock skew.
const UPLOAD_MARGIN: Duration = Duration::from_hours(1);

/// Error message of the failed generations.
const ERROR_MESSAGE: &str = "The account was deleted.";

/// Result of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureOutcome {
    /// The account and all its data are deleted.
    Deleted,
    /// Other users used its styles, so it stays, deactivated and anonymized.
    Anonymized,
    /// Another erasure holds the lock. The background job finishes this one.
    Pending,
}

/// Result of one attempt.
enum Attempt {
    Done(ErasureOutcome),
    /// A concurrent write requires another attempt.
    Retry,
}

/// Erases accounts.
#[derive(Clone)]
pub struct ErasureService {
    queries: Arc<dyn ErasureQueries>,
    settlements: Arc<dyn Settlements>,
    units: Arc<dyn UnitOfWorkFactory>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    buckets: Buckets,
    deadlines: Deadlines,
    /// Cursor of [`Self::round`].
    cursor: Arc<Mutex<Option<PendingErasure>>>,
}

impl ErasureService {
    pub fn new(
        queries: Arc<dyn ErasureQueries>,
        settlements: Arc<dyn Settlements>,
        units: Arc<dyn UnitOfWorkFactory>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        buckets: Buckets,
        deadlines: Deadlines,
    ) -> Self {
        Self {
            queries,
            settlements,
            units,
            clock,
            ids,
            buckets,
            deadlines,
            cursor: Arc::default(),
        }
    }

    /// Erases an account. Succeeds once the account is deactivated; [`Self::round`] finishes the rest.
    pub async fn erase(&self, user: UserId) -> Result<(), StorageError> {
        let mut unit = self.units.begin().await?;
        if !unit.erasures().deactivate(user, self.clock.now()).await? {
            return Ok(());
        }
        unit.commit().await?;
        match self.finish(user).await {
            Ok(ErasureOutcome::Deleted | ErasureOutcome::Anonymized) => {}
            Ok(ErasureOutcome::Pending) => tracing::info!(%user, "an erasure waits for another one"),
            Err(error) => {
                tracing::warn!(%user, %error, "an erasure will be finished in the background");
            }
        }
        Ok(())
    }

    /// Finishes one interrupted erasure. True when more may be left. The next round continues after it even when it
    /// failed, so that a failing erasure does not block the others, and starts over after the last one.
    pub async fn round(&self) -> Result<bool, StorageError> {
        let before = self.clock.now() - GRACE;
        let after = *self.cursor();
        let next = self.queries.pending(before, after, 1).await?.pop();
        *self.cursor() = next;
        let Some(PendingErasure { user, .. }) = next else {
            return Ok(false);
        };
        match self.finish(user).await {
            Ok(_) => {}
            Err(error @ StorageError::Unavailable(_)) => return Err(error),
            Err(error) => {
                tracing::error!(%user, error = &error as &dyn std::error::Error, "an account cannot be erased");
            }
        }
        Ok(true)
    }

    fn cursor(&self) -> MutexGuard<'_, Option<PendingErasure>> {
        self.cursor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Erases a deactivated account.
    async fn finish(&self, user: UserId) -> Result<ErasureOutcome, StorageError> {
        let mut aborted = None;
        for _ in 0..MAX_ATTEMPTS {
            self.fail_open_generations(user).await?;
            match self.try_finish(user).await {
                Ok(Attempt::Done(outcome)) => return Ok(outcome),
                Ok(Attempt::Retry) => {}
                Err(error @ StorageError::Aborted(_)) => aborted = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(aborted
            .unwrap_or_else(|| StorageError::Other("generations keep being created concurrently".into())))
    }

    /// Fails all open generations: releases their tokens and deletes their unsent tasks.
    async fn fail_open_generations(&self, user: UserId) -> Result<(), StorageError> {
        for _ in 0..MAX_ATTEMPTS {
            let open = self.queries.open_generations(user, BATCH).await?;
            if open.is_empty() {
                return Ok(());
            }
            for generation in open {
                self.fail_generation(generation).await?;
            }
        }
        Ok(())
    }

    /// A generation that changed concurrently is read again in the next iteration.
    async fn fail_generation(&self, generation: OpenGeneration) -> Result<(), StorageError> {
        let release = Release {
            generation: generation.id,
            cause: FailureCause::AccountDeleted,
            attempt: generation.attempt,
            error_code: FailureCode::ACCOUNT_DELETED.to_owned(),
            error_message: ERROR_MESSAGE.to_owned(),
            now: self.clock.now(),
        };
        self.settlements.release(release).await.map(drop)
    }

    async fn try_finish(&self, user: UserId) -> Result<Attempt, StorageError> {
        let now = self.clock.now();
        let mut unit = self.units.begin().await?;
        let account = match unit.erasures().lock(user).await? {
            AccountLock::Locked(account) => account,
            AccountLock::Gone => return Ok(Attempt::Done(ErasureOutcome::Deleted)),
            AccountLock::Busy => return Ok(Attempt::Done(ErasureOutcome::Pending)),
        };
        if account.open_generations > 0 {
            unit.rollback().await?;
            return Ok(Attempt::Retry);
        }
        if account.used_by_others {
            // A deactivated account neither follows nor is followed.
            unit.erasures().lock_artist_and_styles(user).await?;
            unit.erasures().delete_follows(user).await?;
            let picture = unit.erasures().anonymize(user, now).await?;
            let objects = Vec::from_iter(picture);
            for deletion in storage_delete_messages(self.ids.as_ref(), user, objects, now, now) {
                unit.outbox().enqueue_deletion(deletion).await?;
            }
            unit.commit().await?;
            tracing::info!(%user, "account anonymized, because other users used its styles");
            return Ok(Attempt::Done(ErasureOutcome::Anonymized));
        }
        unit.erasures().delete_likes_and_comments(user).await?;
        let locked = unit.erasures().lock_artist_and_styles(user).await?;
        if locked.used_by_others {
            unit.rollback().await?;
            return Ok(Attempt::Retry);
        }
        unit.erasures().delete_follows(user).await?;
        let objects = unit.erasures().objects(user).await?;
        let (available, earned) = (account.available, locked.earned);
        unit.erasures()
            .return_tokens(user, available, earned, now)
            .await?;
        unit.erasures().delete(user).await?;
        self.enqueue_deletions(unit.as_mut(), user, objects, now).await?;
        unit.commit().await?;
        tracing::info!(%user, "account erased");
        Ok(Attempt::Done(ErasureOutcome::Deleted))
    }

    /// Enqueues the deletion of all objects after the commit. Workers may still store results of the account's jobs,
    /// so these keys are deleted again when the last job must have ended, and images once more when no presigned URL
    /// is valid any more.
    async fn enqueue_deletions(
        &self,
        unit: &mut dyn UnitOfWork,
        user: UserId,
        objects: OwnedObjects,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let (images, models) = self.pending_results(&objects);
        let all = [objects.stored, images.clone(), models.clone()].concat();
        let Deadlines {
            queue,
            generation,
            training,
        } = self.deadlines;
        let deletions = [
            (all, now),
            (images.clone(), now + queue + generation),
            (images, now + PRESIGNED_PUT_LIFETIME + UPLOAD_MARGIN),
            (models, now + queue + training),
        ];
        for (objects, remove_at) in deletions {
            for deletion in storage_delete_messages(self.ids.as_ref(), user, objects, remove_at, now) {
                unit.outbox().enqueue_deletion(deletion).await?;
            }
        }
        Ok(())
    }

    /// Where workers may still store images and models, including the keys of older workers.
    fn pending_results(&self, objects: &OwnedObjects) -> (Vec<ObjectAddress>, Vec<ObjectAddress>) {
        let images = objects.unfinished_images.iter().flat_map(|(generation, key)| {
            [
                self.buckets.public(key),
                self.buckets.public(legacy_result_key(*generation)),
            ]
        });
        let models = objects.untrained_styles.iter();
        let models = models.map(|style| self.buckets.private(model_key(*style)));
        (images.collect(), models.collect())
    }
}
