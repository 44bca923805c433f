//! Erasing an account: deactivated at once, then taken apart step by step. Every step may be interrupted and is done
//! again by whoever finishes the erasure.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, UserId,
    object::{Buckets, legacy_result_key, model_key},
    ports::{
        Clock, ErasureQueries, Ids, OpenRequest, OwnedObjects, Release, ReleaseCause, Settlements,
        StorageError, UnitOfWork, UnitOfWorkFactory,
    },
    retry::{Deadlines, FailureCode},
};

use crate::deletions;

/// Requests read at a time.
const BATCH: i64 = 100;

/// How often an erasure that lost against somebody else's statement, or found new requests, is begun again.
const TRIES: u32 = 20;

/// An erasure is left to whoever began it for this long.
const GRACE: Duration = Duration::from_secs(10);

/// What the owner of a request given up reads, should the account stay.
const RELEASED: &str = "The account was deleted.";

/// How an erasure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// The account is gone with everything it owned.
    Gone,
    /// Others used its styles: it stays, deactivated and hidden.
    Kept,
}

/// What one try came to.
enum Try {
    Ended(Erased),
    /// Requests were made meanwhile.
    RequestsOpen,
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
        }
    }

    /// Erases an account. Once it is deactivated this has succeeded: what cannot be done now is done by [`Self::round`].
    pub async fn erase(&self, user: UserId) -> Result<(), StorageError> {
        let mut unit = self.units.begin().await?;
        if !unit.erasures().deactivate(user, self.clock.now()).await? {
            return Ok(());
        }
        unit.commit().await?;
        if let Err(error) = self.finish(user).await {
            tracing::warn!(%user, %error, "an erasure is left to be finished in the background");
        }
        Ok(())
    }

    /// Finishes erasures that were interrupted. True when more are likely left.
    pub async fn round(&self) -> Result<bool, StorageError> {
        let pending = self.queries.pending(self.clock.now() - GRACE, BATCH).await?;
        let mut done = 0;
        for user in &pending {
            match self.finish(*user).await {
                Ok(_) => done += 1,
                Err(error @ StorageError::Unavailable(_)) => return Err(error),
                Err(error) => {
                    tracing::error!(%user, error = &error as &dyn std::error::Error, "an account cannot be erased");
                }
            }
        }
        Ok(done > 0 && i64::try_from(pending.len()).is_ok_and(|count| count >= BATCH))
    }

    /// Takes a deactivated account apart.
    async fn finish(&self, user: UserId) -> Result<Erased, StorageError> {
        let mut lost = None;
        for _ in 0..TRIES {
            self.release_requests(user).await?;
            match self.try_to_end(user).await {
                Ok(Try::Ended(end)) => return Ok(end),
                Ok(Try::RequestsOpen) => {}
                Err(error @ StorageError::Aborted(_)) => lost = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(lost.unwrap_or_else(|| StorageError::Other("requests are made again and again".into())))
    }

    /// Gives up every open request, one by one; its tokens go back, its unsent task is dropped.
    async fn release_requests(&self, user: UserId) -> Result<(), StorageError> {
        for _ in 0..TRIES {
            let open = self.queries.open_requests(user, BATCH).await?;
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
    async fn release(&self, request: OpenRequest) -> Result<(), StorageError> {
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
        let Some(account) = unit.erasures().lock(user).await? else {
            return Ok(Try::Ended(Erased::Gone));
        };
        if account.open_requests > 0 {
            return Ok(Try::RequestsOpen);
        }
        if account.used_by_others {
            unit.erasures().keep(user, now).await?;
            unit.commit().await?;
            tracing::info!(%user, "account deactivated; its styles are used by others");
            return Ok(Try::Ended(Erased::Kept));
        }
        let objects = unit.erasures().objects(user).await?;
        unit.erasures().lower_counters(user).await?;
        unit.erasures().return_tokens(user, account, now).await?;
        unit.erasures().delete(user).await?;
        self.enqueue_removals(unit.as_mut(), user, objects, now).await?;
        unit.commit().await?;
        tracing::info!(%user, "account erased");
        Ok(Try::Ended(Erased::Gone))
    }

    /// Objects go once the transaction has committed. Workers that are still at a job of the account's leave theirs
    /// later; those are looked for again when the last of them must have ended.
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
            (images, now + queue + generation),
            (models, now + queue + training),
        ];
        for (objects, remove_at) in removals {
            for deletion in deletions::messages(self.ids.as_ref(), user, objects, remove_at, now) {
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
