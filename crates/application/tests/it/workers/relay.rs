//! The relay deletes a message only after the broker has confirmed it.

use std::sync::Arc;

use domain::{
    TaskId,
    object::{MockObjectStorage, ObjectError},
    workers::{Delivery, DueMessage, MockOutboxQueue, MockTaskPublisher, Topic},
};
use serde_json::{Value, json};
use stylelicense_application::workers::{Relay, RelayRound};
use uuid::Uuid;

use crate::support::{buckets, clock, ids};

fn due(id: i64, attempts: i32) -> DueMessage {
    let payload = json!({"data": {"result_key": format!("generations/{id}.png")}});
    DueMessage {
        id,
        task_id: TaskId(Uuid::from_u128(u128::try_from(id).unwrap())),
        subject_id: id,
        payload: serde_json::to_vec(&payload).unwrap(),
        attempts,
    }
}

fn publisher(deliveries: Vec<Delivery>) -> MockTaskPublisher {
    let mut publisher = MockTaskPublisher::new();
    publisher.expect_window().return_const(100_usize);
    publisher.expect_publish().times(1).returning(move |_, batch| {
        assert_eq!(batch.len(), deliveries.len());
        deliveries.clone()
    });
    publisher
}

fn storage() -> MockObjectStorage {
    let mut storage = MockObjectStorage::new();
    storage
        .expect_presign_put()
        .returning(|at, _| Ok(format!("http://put/{}", at.key)));
    storage
}

fn relay(outbox: MockOutboxQueue, publisher: MockTaskPublisher, storage: MockObjectStorage) -> Relay {
    let (outbox, publisher, storage) = (Arc::new(outbox), Arc::new(publisher), Arc::new(storage));
    Relay::new(
        Topic::ImageGeneration,
        outbox,
        publisher,
        storage,
        buckets(),
        clock(),
        ids().as_ref(),
    )
}

#[tokio::test]
async fn messages_are_settled_by_their_delivery() {
    let mut outbox = MockOutboxQueue::new();
    outbox
        .expect_lease_and_fetch()
        .returning(|_, _, _, _, _| Ok(vec![due(1, 0), due(2, 0), due(3, 19), due(4, 0)]));
    outbox
        .expect_confirm()
        .withf(|ids| *ids == [1])
        .times(1)
        .returning(|_| Ok(()));
    outbox
        .expect_refuse()
        .withf(|id, _, _, _, park| *id == 2 && !park)
        .times(1)
        .returning(|_, _, _, _, _| Ok(()));
    outbox
        .expect_refuse()
        .withf(|id, _, _, _, park| *id == 3 && *park)
        .times(1)
        .returning(|_, _, _, _, _| Ok(()));
    let refused = || Delivery::Refused("no route".into());
    let deliveries = vec![
        Delivery::Confirmed,
        refused(),
        refused(),
        Delivery::Unreachable("gone".into()),
    ];
    let round = relay(outbox, publisher(deliveries), storage())
        .round()
        .await
        .unwrap();
    assert_eq!(
        round,
        RelayRound {
            confirmed: 1,
            refused: 2,
            unreachable: 1,
            full: false
        }
    );
}

#[tokio::test]
async fn an_unreachable_broker_counts_against_no_message() {
    let mut outbox = MockOutboxQueue::new();
    outbox
        .expect_lease_and_fetch()
        .returning(|_, _, _, _, _| Ok(vec![due(1, 19)]));
    // Another server may reach the broker.
    outbox.expect_release_lease().times(1).returning(|_, _| Ok(()));
    let round = relay(
        outbox,
        publisher(vec![Delivery::Unreachable("gone".into())]),
        storage(),
    )
    .round()
    .await
    .unwrap();
    assert_eq!((round.confirmed, round.unreachable), (0, 1));
}

#[tokio::test]
async fn an_image_task_gets_its_upload_url_when_it_is_sent() {
    let mut outbox = MockOutboxQueue::new();
    outbox
        .expect_lease_and_fetch()
        .returning(|_, _, _, _, _| Ok(vec![due(1, 0)]));
    outbox.expect_confirm().returning(|_| Ok(()));
    let mut publisher = MockTaskPublisher::new();
    publisher.expect_window().return_const(100_usize);
    publisher.expect_publish().times(1).returning(|_, batch| {
        let sent: Value = serde_json::from_slice(&batch[0].body).unwrap();
        assert_eq!(sent["data"]["result_upload_url"], "http://put/generations/1.png");
        vec![Delivery::Confirmed]
    });
    relay(outbox, publisher, storage()).round().await.unwrap();
}

#[tokio::test]
async fn a_task_is_sent_without_an_upload_url_if_presigning_fails() {
    let mut outbox = MockOutboxQueue::new();
    outbox
        .expect_lease_and_fetch()
        .returning(|_, _, _, _, _| Ok(vec![due(1, 0)]));
    outbox.expect_confirm().times(1).returning(|_| Ok(()));
    let mut storage = MockObjectStorage::new();
    storage
        .expect_presign_put()
        .returning(|_, _| Err(ObjectError::Unavailable("no role".into())));
    relay(outbox, publisher(vec![Delivery::Confirmed]), storage)
        .round()
        .await
        .unwrap();
}
