//! Deletes objects that a committed change no longer needs. The change writes messages to the outbox, and a job
//! processes them.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, StorageError, UserId,
    clock::{Clock, Ids},
    object::{ObjectError, ObjectStorage},
    workers::{DueMessage, NewDeletion, OutboxQueue, OutboxTopic},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::lease::Lease;

/// Messages per round.
const BATCH: usize = 5;

/// Processes the outbox messages of the topic `storage_delete`.
pub struct StorageDeletes {
    lease: Lease,
    storage: Arc<dyn ObjectStorage>,
}

/// Result of one message.
enum Deletion {
    Done,
    Refused(String),
    Unreachable(String),
}

impl StorageDeletes {
    /// A job with a lease of its own.
    pub fn new(
        outbox: Arc<dyn OutboxQueue>,
        storage: Arc<dyn ObjectStorage>,
        clock: Arc<dyn Clock>,
        ids: &dyn Ids,
    ) -> Self {
        Self {
            lease: Lease::new(OutboxTopic::StorageDelete, outbox, clock, ids),
            storage,
        }
    }

    /// One round: fetch, delete the objects, delete the message. True when more is likely due. A missing object counts
    /// as deleted, so a message may be processed twice. An unreachable store is an error that does not count against
    /// the message; the next round waits longer.
    pub async fn round(&self) -> Result<bool, StorageError> {
        let due = self.lease.fetch(BATCH).await?;
        let full = due.len() >= BATCH;
        for message in due {
            match self.delete(&message).await {
                Deletion::Done => self.lease.confirm(vec![message.id]).await?,
                Deletion::Refused(reason) => self.lease.refuse(&message, &reason).await?,
                Deletion::Unreachable(reason) => {
                    self.lease.unreachable(&reason);
                    // Another server may reach the store.
                    self.lease.release().await?;
                    return Err(StorageError::Unavailable(reason.into()));
                }
            }
        }
        Ok(full)
    }

    /// Releases the lease when the server stops.
    pub async fn stop(&self) {
        self.lease.stop().await;
    }

    /// Continues after an object that is refused.
    async fn delete(&self, message: &DueMessage) -> Deletion {
        let Some(objects) = objects(&message.payload) else {
            return Deletion::Refused("the message cannot be parsed".into());
        };
        let mut refused = None;
        for object in &objects {
            match self.storage.delete(object).await {
                Ok(()) | Err(ObjectError::NotFound) => {}
                Err(ObjectError::Unavailable(reason)) => return Deletion::Unreachable(reason),
                Err(error @ ObjectError::Refused(_)) => {
                    refused.get_or_insert_with(|| error.to_string());
                }
            }
        }
        refused.map_or(Deletion::Done, Deletion::Refused)
    }
}

/// Objects per message: few enough to be deleted within a lease.
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

/// The messages that delete `objects` at `remove_at`, each object once.
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

/// The objects of a message; `None` when it cannot be parsed.
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
    fn objects_round_trip_in_messages_of_at_most_100() {
        let mut ids = MockIds::new();
        ids.expect_uuid().times(2).returning(Uuid::nil);
        let mut input: Vec<ObjectAddress> = (0..150)
            .map(|n| ObjectAddress::new("media", format!("a \"{n}\".png")))
            .collect();
        let distinct = input.clone();
        input.push(distinct[0].clone());
        let now = DateTime::UNIX_EPOCH;
        let written = storage_delete_messages(&ids, UserId(1), input, now, now);
        let read: Vec<ObjectAddress> = written
            .iter()
            .flat_map(|message| objects(&message.payload).unwrap())
            .collect();
        assert_eq!(read, distinct);
        assert!(storage_delete_messages(&MockIds::new(), UserId(1), Vec::new(), now, now).is_empty());
        assert_eq!(objects(b"{}"), None);
    }
}
