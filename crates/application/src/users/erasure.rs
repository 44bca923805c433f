//! Erasing an account: deactivated at once, then taken apart step by step. Every step may be interrupted and is done
//! again by whoever finishes the erasure.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, StorageError, UserId,
    clock::{Clock, Ids},
    generations::{Release, ReleaseCause, Settlements},
    object::{Buckets, legacy_result_key, model_key},
    unit_of_work::{UnitOfWork, UnitOfWorkFactory},
    users::{AccountLock, ErasureQueries, OpenGeneration, OwnedObjects, PendingErasure},
    workers::{Deadlines, FailureCode},
};

use crate::workers::{PRESIGNED_PUT_LIFETIME, storage_delete_messages};

/// Requests read at a time.
const BATCH: i64 = 100;

/// How often an erasure that lost against somebody else's statement, or found new requests, is begun again.
const TRIES: u32 = 20;

/// An erasure is left to whoever began it for this long.
const GRACE: Duration = Duration::from_secs(10);

/// How long an upload that was begun with a valid address may still take, clocks that differ included.
const UPLOAD_MARGIN: Duration = Duration::from_hours(1);

/// What the owner of a request given up reads, should the account stay.
const RELEASED: &str = "The account was deleted.";

/// How an erasure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// The account is gone with everything it owned.
    Gone,
    /// Others used its styles: it stays, deactivated and hidden.
    Kept,
    /// Not yet: another erasure is under way, and this one is left to the background.
    Waiting,
}

/// What one try came to.
enum Try {
    Ended(Erased),
    Overtaken,
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
    /// The erasure that [`Self::round`] looked at last.
    last_seen: Arc<Mutex<Option<PendingErasure>>>,
}

impl ErasureService {
    /// Puts the service together.
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
            last_seen: Arc::default(),
        }
    }

    /// Erases an account. Once it is deactivated this has succeeded: what cannot be done now is done by [`Self::round`].
    pub async fn erase(&self, user: UserId) -> Result<(), StorageError> {
        let mut unit = self.units.begin().await?;
        if !unit.erasures().deactivate(user, self.clock.now()).await? {
            return Ok(());
        }
        unit.commit().await?;
        match self.finish(user).await {
            Ok(Erased::Gone | Erased::Kept) => {}
            Ok(Erased::Waiting) => tracing::info!(%user, "an erasure waits for another one"),
            Err(error) => {
                tracing::warn!(%user, %error, "an erasure is left to be finished in the background");
            }
        }
        Ok(())
    }

    /// Finishes one erasure that was interrupted. True when more may be left. The next round goes on behind it,
    /// whatever became of it, so that an account that cannot be erased is in nobody's way; after the last one they
    /// begin anew.
    pub async fn round(&self) -> Result<bool, StorageError> {
        let before = self.clock.now() - GRACE;
        let after = *self.last_seen();
        let next = self.queries.pending(before, after, 1).await?.pop();
        *self.last_seen() = next;
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

    fn last_seen(&self) -> MutexGuard<'_, Option<PendingErasure>> {
        self.last_seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a deactivated account apart.
    async fn finish(&self, user: UserId) -> Result<Erased, StorageError> {
        let mut lost = None;
        for _ in 0..TRIES {
            self.release_requests(user).await?;
            match self.try_to_end(user).await {
                Ok(Try::Ended(end)) => return Ok(end),
                Ok(Try::Overtaken) => {}
                Err(error @ StorageError::Aborted(_)) => lost = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(lost.unwrap_or_else(|| StorageError::Other("requests are made again and again".into())))
    }

    /// Gives up every open request, one by one; its tokens go back, its unsent task is dropped.
    async fn release_requests(&self, user: UserId) -> Result<(), StorageError> {
        for _ in 0..TRIES {
            let open = self.queries.open_generations(user, BATCH).await?;
            if open.is_empty() {
                return Ok(());
            }
            for request in open {
                self.release(request).await?;
            }
        }
        Ok(())
    }

    /// A request that changed meanwhile is met again.
    async fn release(&self, request: OpenGeneration) -> Result<(), StorageError> {
        let release = Release {
            generation: request.id,
            cause: ReleaseCause::AccountDeleted,
            attempt: request.attempt,
            error_code: FailureCode::ACCOUNT_DELETED.to_owned(),
            error_message: RELEASED.to_owned(),
            now: self.clock.now(),
        };
        self.settlements.release(release).await.map(drop)
    }

    async fn try_to_end(&self, user: UserId) -> Result<Try, StorageError> {
        let now = self.clock.now();
        let mut unit = self.units.begin().await?;
        let account = match unit.erasures().lock(user).await? {
            AccountLock::Locked(account) => account,
            AccountLock::Gone => return Ok(Try::Ended(Erased::Gone)),
            AccountLock::Busy => return Ok(Try::Ended(Erased::Waiting)),
        };
        if account.open_generations > 0 {
            unit.roll_back().await?;
            return Ok(Try::Overtaken);
        }
        if account.used_by_others {
            // Nobody follows somebody who is not there, nor is followed by them.
            unit.erasures().lock_artist_and_styles(user).await?;
            unit.erasures().end_follows(user).await?;
            let picture = unit.erasures().anonymize(user, now).await?;
            let superfluous = Vec::from_iter(picture);
            for deletion in storage_delete_messages(self.ids.as_ref(), user, superfluous, now, now) {
                unit.outbox().enqueue_deletion(deletion).await?;
            }
            unit.commit().await?;
            tracing::info!(%user, "account deactivated; its styles are used by others");
            return Ok(Try::Ended(Erased::Kept));
        }
        unit.erasures().delete_likes_and_comments(user).await?;
        let works = unit.erasures().lock_artist_and_styles(user).await?;
        if works.used_by_others {
            unit.roll_back().await?;
            return Ok(Try::Overtaken);
        }
        unit.erasures().end_follows(user).await?;
        let objects = unit.erasures().objects(user).await?;
        let (available, earned) = (account.available, works.earned);
        unit.erasures()
            .return_tokens(user, available, earned, now)
            .await?;
        unit.erasures().delete(user).await?;
        self.enqueue_removals(unit.as_mut(), user, objects, now).await?;
        unit.commit().await?;
        tracing::info!(%user, "account erased");
        Ok(Try::Ended(Erased::Gone))
    }

    /// Objects go once the transaction has committed. Workers that are still at a job of the account's leave theirs
    /// later; those are looked for again when the last of them should have ended, and images once more when nobody can
    /// upload them any longer.
    async fn enqueue_removals(
        &self,
        unit: &mut dyn UnitOfWork,
        user: UserId,
        objects: OwnedObjects,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let (images, models) = self.awaited(&objects);
        let at_once = [objects.stored, images.clone(), models.clone()].concat();
        let Deadlines {
            queue,
            generation,
            training,
        } = self.deadlines;
        let removals = [
            (at_once, now),
            (images.clone(), now + queue + generation),
            (images, now + PRESIGNED_PUT_LIFETIME + UPLOAD_MARGIN),
            (models, now + queue + training),
        ];
        for (objects, remove_at) in removals {
            for deletion in storage_delete_messages(self.ids.as_ref(), user, objects, remove_at, now) {
                unit.outbox().enqueue_deletion(deletion).await?;
            }
        }
        Ok(())
    }

    /// Where workers leave images and models: at the keys they were told, or at those of older workers.
    fn awaited(&self, objects: &OwnedObjects) -> (Vec<ObjectAddress>, Vec<ObjectAddress>) {
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
