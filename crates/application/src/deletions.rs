//! Removals of objects as they lie in the outbox: written with the change that makes objects superfluous, read by the
//! background work that removes them.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, UserId,
    ports::{Ids, NewDeletion},
};
use serde::Deserialize;
use serde_json::{Value, json};

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
pub fn messages(
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
pub(crate) fn objects(payload: &[u8]) -> Option<Vec<ObjectAddress>> {
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
    use domain::ports::MockIds;
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
        let written = messages(&ids, UserId(1), wanted, now, now);
        let read: Vec<ObjectAddress> = written
            .iter()
            .flat_map(|message| objects(&message.payload).unwrap())
            .collect();
        assert_eq!(read, once);
        assert!(messages(&MockIds::new(), UserId(1), Vec::new(), now, now).is_empty());
        assert_eq!(objects(b"{}"), None);
    }
}
