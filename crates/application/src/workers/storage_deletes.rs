//! Removal of stored objects that a committed change has made superfluous: messages written to the outbox with the
//! change, and the job that works through them.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, StorageError, UserId,
    clock::{Clock, Ids},
    object::{ObjectError, ObjectStorage},
    workers::{DueMessage, NewDeletion, OutboxQueue, OutboxTopic},
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

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
pub struct StorageDeletes {
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

impl StorageDeletes {
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
        let Some(objects) = objects(&message.payload) else {
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

/// Objects in one message: few enough to be removed while the relay's lease lasts.
const OBJECTS_PER_MESSAGE: usize = 100;

#[derive(Deserialize)]
struct Payload {
    objects: Vec<Object>,
}

#[derive(Deserialize)]
struct Object {
    bucket: String,
    key: String,
}

/// The messages that have `objects` removed at `remove_at`, each object named once.
pub fn storage_delete_messages(
    ids: &dyn Ids,
    owner: UserId,
    objects: Vec<ObjectAddress>,
    remove_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<NewDeletion> {
    let mut seen = HashSet::new();
    let objects: Vec<ObjectAddress> = objects
        .into_iter()
        .filter(|object| seen.insert(object.clone()))
        .collect();
    objects
        .chunks(OBJECTS_PER_MESSAGE)
        .map(|chunk| NewDeletion {
            message_id: ids.uuid(),
            owner,
            payload: payload(chunk),
            remove_at,
            now,
        })
        .collect()
}

fn payload(objects: &[ObjectAddress]) -> Vec<u8> {
    let objects: Vec<Value> = objects
        .iter()
        .map(|object| json!({ "bucket": object.bucket, "key": object.key }))
        .collect();
    json!({ "objects": objects }).to_string().into_bytes()
}

/// The objects a message names; `None` for one that nobody can read.
fn objects(payload: &[u8]) -> Option<Vec<ObjectAddress>> {
    let read: Payload = serde_json::from_slice(payload).ok()?;
    let objects = read.objects.into_iter();
    Some(
        objects
            .map(|object| ObjectAddress::new(object.bucket, object.key))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use domain::clock::MockIds;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn objects_are_read_as_they_were_written_in_messages_of_a_hundred() {
        let mut ids = MockIds::new();
        ids.expect_uuid().times(2).returning(Uuid::nil);
        let mut wanted: Vec<ObjectAddress> = (0..150)
            .map(|n| ObjectAddress::new("media", format!("a \"{n}\".png")))
            .collect();
        let once = wanted.clone();
        wanted.push(once[0].clone());
        let now = DateTime::UNIX_EPOCH;
        let written = storage_delete_messages(&ids, UserId(1), wanted, now, now);
        let read: Vec<ObjectAddress> = written
            .iter()
            .flat_map(|message| objects(&message.payload).unwrap())
            .collect();
        assert_eq!(read, once);
        assert!(storage_delete_messages(&MockIds::new(), UserId(1), Vec::new(), now, now).is_empty());
        assert_eq!(objects(b"{}"), None);
    }
}
