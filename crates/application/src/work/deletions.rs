//! Removes objects from the store that a committed change has made superfluous.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{
    ports::{Clock, DueMessage, Ids, ObjectError, ObjectStorage, OutboxQueue, StorageError},
    task::OutboxTopic,
};
use uuid::Uuid;

use crate::deletions;

/// How long a lease is good for. Renewed by every fetch; should it run out meanwhile, another server removes the same
/// objects, which does no harm.
const LEASE: Duration = Duration::from_secs(30);

/// Messages taken in one round.
const BATCH: i64 = 5;

/// A message whose objects the store refuses to remove this often is parked: kept, shown, and no longer in the way.
const PARK_AFTER: i32 = 20;

/// How long a refused message waits.
const REFUSED_WAIT: Duration = Duration::from_secs(15);

const TOPIC: OutboxTopic = OutboxTopic::StorageDelete;

/// Works through the outbox's removals. Of several servers one holds the lease.
pub struct Deletions {
    holder: Uuid,
    outbox: Arc<dyn OutboxQueue>,
    storage: Arc<dyn ObjectStorage>,
    clock: Arc<dyn Clock>,
    /// Whether the store answered last time: its loss and its return are logged once each.
    reachable: AtomicBool,
}

/// What became of one message.
enum Removal {
    Done,
    Refused(String),
    Unreachable(String),
}

impl Deletions {
    /// Puts the work together.
    pub fn new(
        outbox: Arc<dyn OutboxQueue>,
        storage: Arc<dyn ObjectStorage>,
        clock: Arc<dyn Clock>,
        ids: &dyn Ids,
    ) -> Self {
        Self {
            holder: ids.uuid(),
            outbox,
            storage,
            clock,
            reachable: AtomicBool::new(true),
        }
    }

    /// One round: fetch, remove, forget. True when more is likely due. An object that is not there counts as removed,
    /// so a message that was worked on but not forgotten is worked on again. A store that cannot be reached is an
    /// error, so that the next round waits the longer; it says nothing against the message.
    pub async fn round(&self) -> Result<bool, StorageError> {
        let now = self.clock.now();
        let due = self
            .outbox
            .lease_and_fetch(TOPIC, self.holder, now, now + LEASE, BATCH)
            .await?;
        let full = i64::try_from(due.len()).is_ok_and(|count| count >= BATCH);
        for message in due {
            match self.remove(&message).await {
                Removal::Done => self.outbox.confirm(vec![message.id]).await?,
                Removal::Refused(reason) => self.refuse(&message, &reason).await?,
                Removal::Unreachable(reason) => return Err(self.back_off(reason).await?),
            }
            if !self.reachable.swap(true, Ordering::Relaxed) {
                tracing::info!("the object store is back: superfluous objects are removed again");
            }
        }
        Ok(full)
    }

    /// Gives the lease up when the server stops, so that another one takes over at once.
    pub async fn stop(&self) {
        if let Err(error) = self.outbox.release_lease(TOPIC, self.holder).await {
            tracing::warn!(%error, "the lease on removals is left to run out");
        }
    }

    /// Every object gets its turn, also behind one that is refused.
    async fn remove(&self, message: &DueMessage) -> Removal {
        let Some(objects) = deletions::objects(&message.payload) else {
            return Removal::Refused("the message cannot be read".into());
        };
        let mut refused = None;
        for object in &objects {
            match self.storage.delete(object).await {
                Ok(()) | Err(ObjectError::NotFound) => {}
                Err(ObjectError::Unavailable(reason)) => return Removal::Unreachable(reason),
                Err(error @ ObjectError::Refused(_)) => {
                    refused.get_or_insert_with(|| error.to_string());
                }
            }
        }
        refused.map_or(Removal::Done, Removal::Refused)
    }

    async fn refuse(&self, message: &DueMessage, reason: &str) -> Result<(), StorageError> {
        let park = message.attempts + 1 >= PARK_AFTER;
        tracing::warn!(message = %message.task_id, %reason, park, "objects could not be removed");
        let now = self.clock.now();
        self.outbox
            .refuse(message.id, reason, now, now + REFUSED_WAIT, park)
            .await
    }

    /// Another server may reach the store: it need not wait for the lease to run out.
    async fn back_off(&self, reason: String) -> Result<StorageError, StorageError> {
        if self.reachable.swap(false, Ordering::Relaxed) {
            tracing::warn!(%reason, "the object store cannot be reached: superfluous objects stay for now");
        }
        self.outbox.release_lease(TOPIC, self.holder).await?;
        Ok(StorageError::Unavailable(reason.into()))
    }
}
