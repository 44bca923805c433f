//! Deletion of stored objects by outbox messages.

use std::sync::{Arc, Mutex};

use domain::{
    ObjectAddress, StorageError, TaskId, UserId,
    object::{MockObjectStorage, ObjectError},
    workers::{DueMessage, MockOutboxQueue, OutboxTopic},
};
use stylelicense_application::workers::{StorageDeletes, storage_delete_messages};
use uuid::Uuid;

use crate::support::{clock, ids, now};

fn due(id: i64, attempts: i32, keys: &[&str]) -> DueMessage {
    let objects = keys.iter().map(|key| ObjectAddress::new("media", *key)).collect();
    let messages = storage_delete_messages(ids().as_ref(), UserId(1), objects, now(), now());
    DueMessage {
        id,
        task_id: TaskId(Uuid::from_u128(1)),
        subject_id: 1,
        payload: messages[0].payload.clone(),
        attempts,
    }
}

fn outbox(due: Vec<DueMessage>) -> MockOutboxQueue {
    let mut outbox = MockOutboxQueue::new();
    outbox
        .expect_lease_and_fetch()
        .withf(|topic, _, _, _, _| *topic == OutboxTopic::StorageDelete)
        .times(1)
        .returning(move |_, _, _, _, _| Ok(due.clone()));
    outbox
}

async fn round(outbox: MockOutboxQueue, storage: MockObjectStorage) -> Result<bool, StorageError> {
    StorageDeletes::new(Arc::new(outbox), Arc::new(storage), clock(), ids().as_ref())
        .round()
        .await
}

#[tokio::test]
async fn missing_objects_count_as_deleted() {
    let mut outbox = outbox(vec![due(1, 0, &["a", "b"]), due(2, 0, &["c"])]);
    for id in [1, 2] {
        outbox
            .expect_confirm()
            .withf(move |ids| *ids == [id])
            .times(1)
            .returning(|_| Ok(()));
    }
    let mut storage = MockObjectStorage::new();
    storage
        .expect_delete()
        .times(3)
        .returning(|at| match at.key.as_str() {
            "b" => Err(ObjectError::NotFound),
            _ => Ok(()),
        });
    assert!(!round(outbox, storage).await.unwrap());
}

#[tokio::test]
async fn an_unreachable_store_ends_the_round_and_counts_against_no_message() {
    let mut outbox = outbox(vec![due(1, 19, &["a"]), due(2, 0, &["b"])]);
    // Neither confirmed nor refused: a mock without expectations panics on any call.
    outbox.expect_release_lease().times(1).returning(|_, _| Ok(()));
    let mut storage = MockObjectStorage::new();
    storage
        .expect_delete()
        .times(1)
        .returning(|_| Err(ObjectError::Unavailable("gone".into())));
    assert!(matches!(
        round(outbox, storage).await,
        Err(StorageError::Unavailable(_))
    ));
}

#[tokio::test]
async fn refused_messages_are_rescheduled_or_parked_and_do_not_block_others() {
    let malformed = DueMessage {
        payload: b"?".to_vec(),
        ..due(3, 0, &["x"])
    };
    let mut outbox = outbox(vec![
        due(1, 0, &["bad"]),
        due(2, 19, &["bad"]),
        malformed,
        due(4, 0, &["a"]),
    ]);
    for (id, parked) in [(1, false), (2, true), (3, false)] {
        outbox
            .expect_refuse()
            .withf(move |refused, _, _, retry_at, park| {
                *refused == id && *retry_at > now() && *park == parked
            })
            .times(1)
            .returning(|_, _, _, _, _| Ok(()));
    }
    outbox
        .expect_confirm()
        .withf(|ids| *ids == [4])
        .times(1)
        .returning(|_| Ok(()));
    let mut storage = MockObjectStorage::new();
    storage
        .expect_delete()
        .times(3)
        .returning(|at| match at.key.as_str() {
            "bad" => Err(ObjectError::Refused("no".into())),
            _ => Ok(()),
        });
    assert!(!round(outbox, storage).await.unwrap());
}

#[tokio::test]
async fn a_refused_object_does_not_block_the_next_objects() {
    let mut outbox = outbox(vec![due(1, 0, &["a", "bad", "b", "worse", "c"])]);
    outbox
        .expect_refuse()
        .withf(|_, reason, _, _, _| reason.contains("bad"))
        .times(1)
        .returning(|_, _, _, _, _| Ok(()));
    let deleted = Arc::new(Mutex::new(Vec::new()));
    let mut storage = MockObjectStorage::new();
    let log = Arc::clone(&deleted);
    storage
        .expect_delete()
        .times(5)
        .returning(move |at| match at.key.as_str() {
            refused @ ("bad" | "worse") => Err(ObjectError::Refused(refused.to_owned())),
            key => {
                log.lock().unwrap().push(key.to_owned());
                Ok(())
            }
        });
    assert!(!round(outbox, storage).await.unwrap());
    assert_eq!(*deleted.lock().unwrap(), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_full_batch_reports_that_more_is_due() {
    let mut outbox = outbox((1..=5).map(|id| due(id, 0, &["a"])).collect());
    outbox.expect_confirm().times(5).returning(|_| Ok(()));
    let mut storage = MockObjectStorage::new();
    storage.expect_delete().returning(|_| Ok(()));
    assert!(round(outbox, storage).await.unwrap());
}
