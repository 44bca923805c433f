//! Superfluous objects are removed once, and a store that is away costs nothing but time.

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
    let written = storage_delete_messages(ids().as_ref(), UserId(1), objects, now(), now());
    DueMessage {
        id,
        task_id: TaskId(Uuid::from_u128(1)),
        subject_id: 1,
        payload: written[0].payload.clone(),
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
async fn each_object_is_removed_and_one_that_is_gone_counts_as_removed() {
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
async fn a_store_that_is_away_is_waited_for_and_no_message_is_blamed() {
    let mut outbox = outbox(vec![due(1, 19, &["a"]), due(2, 0, &["b"])]);
    // Neither confirmed nor refused: calls without an expectation panic.
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
async fn what_the_store_refuses_waits_and_is_parked_at_last_while_the_rest_goes() {
    let unreadable = DueMessage {
        payload: b"?".to_vec(),
        ..due(3, 0, &["x"])
    };
    let mut outbox = outbox(vec![
        due(1, 0, &["bad"]),
        due(2, 19, &["bad"]),
        unreadable,
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
async fn an_object_that_is_refused_does_not_keep_those_behind_it() {
    let mut outbox = outbox(vec![due(1, 0, &["a", "bad", "b", "worse", "c"])]);
    outbox
        .expect_refuse()
        .withf(|_, reason, _, _, _| reason.contains("bad"))
        .times(1)
        .returning(|_, _, _, _, _| Ok(()));
    let removed = Arc::new(Mutex::new(Vec::new()));
    let mut storage = MockObjectStorage::new();
    let seen = Arc::clone(&removed);
    storage
        .expect_delete()
        .times(5)
        .returning(move |at| match at.key.as_str() {
            refused @ ("bad" | "worse") => Err(ObjectError::Refused(refused.to_owned())),
            key => {
                seen.lock().unwrap().push(key.to_owned());
                Ok(())
            }
        });
    assert!(!round(outbox, storage).await.unwrap());
    assert_eq!(*removed.lock().unwrap(), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_full_batch_is_followed_by_another_at_once() {
    let mut outbox = outbox((1..=5).map(|id| due(id, 0, &["a"])).collect());
    outbox.expect_confirm().times(5).returning(|_| Ok(()));
    let mut storage = MockObjectStorage::new();
    storage.expect_delete().returning(|_| Ok(()));
    assert!(round(outbox, storage).await.unwrap());
}
