//! The outbox: leases, due messages, confirmations.

use domain::workers::{NewMessage, OutboxQueue, OutboxStatus, Topic};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::support::{World, at, task};

const ONE: Uuid = Uuid::from_u128(1);
const TWO: Uuid = Uuid::from_u128(2);

async fn enqueue(world: &World, topic: Topic, subject_id: i64, second: i64) {
    let mut unit = world.unit().await;
    let message = NewMessage {
        task_id: task(subject_id.unsigned_abs().into()),
        topic,
        subject_id,
        payload: vec![0, 255, 1],
        send_at: at(second),
        now: at(0),
    };
    unit.outbox().enqueue(message).await.unwrap();
    unit.commit().await.unwrap();
}

/// Subjects of the messages that `holder` fetches at `second`, with a lease of ten seconds.
async fn fetch(world: &World, holder: Uuid, second: i64) -> Vec<i64> {
    let topic = Topic::ImageGeneration;
    let due = world
        .store
        .lease_and_fetch(topic.into(), holder, at(second), at(second + 10), 100)
        .await
        .unwrap();
    due.into_iter().map(|message| message.subject_id).collect()
}

async fn ids(world: &World, second: i64) -> Vec<i64> {
    let due = world
        .store
        .lease_and_fetch(
            Topic::ImageGeneration.into(),
            ONE,
            at(second),
            at(second + 10),
            100,
        )
        .await;
    due.unwrap().into_iter().map(|message| message.id).collect()
}

#[tokio::test]
async fn due_messages_are_returned_unchanged_oldest_first() {
    let world = World::new().await;
    enqueue(&world, Topic::ImageGeneration, 3, 2).await;
    enqueue(&world, Topic::ImageGeneration, 2, 1).await;
    enqueue(&world, Topic::ImageGeneration, 4, 99).await;
    enqueue(&world, Topic::ModelTraining, 5, 1).await;
    let topic = Topic::ImageGeneration;
    let due = world
        .store
        .lease_and_fetch(topic.into(), ONE, at(5), at(15), 100)
        .await
        .unwrap();
    assert_eq!(
        due.iter().map(|message| message.subject_id).collect::<Vec<_>>(),
        [2, 3]
    );
    assert_eq!((due[0].task_id, due[0].attempts), (task(2), 0));
    assert_eq!(due[0].payload, [0, 255, 1]);
    assert_eq!(
        world
            .store
            .lease_and_fetch(topic.into(), ONE, at(5), at(15), 1)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn only_the_holder_of_the_lease_gets_messages() {
    let world = World::new().await;
    enqueue(&world, Topic::ImageGeneration, 2, 0).await;
    assert_eq!(fetch(&world, ONE, 0).await, [2]);
    assert_eq!(fetch(&world, TWO, 9).await, Vec::<i64>::new());
    assert_eq!(fetch(&world, ONE, 9).await, [2]);
    // Renewed until 19, then free.
    assert_eq!(fetch(&world, TWO, 18).await, Vec::<i64>::new());
    assert_eq!(fetch(&world, TWO, 19).await, [2]);
    assert_eq!(fetch(&world, ONE, 20).await, Vec::<i64>::new());
}

#[tokio::test]
async fn one_of_many_concurrent_relays_gets_the_lease() {
    let world = World::new().await;
    enqueue(&world, Topic::ImageGeneration, 2, 0).await;
    let relays = (1..=12).map(|n| fetch(&world, Uuid::from_u128(n), 0));
    let fetched: Vec<_> = join_all(relays.map(|relay| async { relay.await.len() })).await;
    assert_eq!(fetched.into_iter().sum::<usize>(), 1);
}

#[tokio::test]
async fn only_the_holder_can_release_the_lease() {
    let world = World::new().await;
    enqueue(&world, Topic::ImageGeneration, 2, 0).await;
    assert_eq!(fetch(&world, ONE, 0).await, [2]);
    world
        .store
        .release_lease(Topic::ImageGeneration.into(), TWO)
        .await
        .unwrap();
    assert_eq!(fetch(&world, TWO, 1).await, Vec::<i64>::new());
    world
        .store
        .release_lease(Topic::ImageGeneration.into(), ONE)
        .await
        .unwrap();
    assert_eq!(fetch(&world, TWO, 1).await, [2]);
}

#[tokio::test]
async fn concurrent_confirmations_delete_the_messages() {
    let world = World::new().await;
    for subject in 2..40 {
        enqueue(&world, Topic::ImageGeneration, subject, 0).await;
    }
    let ids = ids(&world, 0).await;
    let reversed: Vec<i64> = ids.iter().rev().copied().collect();
    let confirmations = (0..8).map(|n| {
        world
            .store
            .confirm(if n % 2 == 0 { ids.clone() } else { reversed.clone() })
    });
    for confirmed in join_all(confirmations).await {
        confirmed.unwrap();
    }
    assert_eq!(world.count("outbox_messages").await, 0);
    world.store.confirm(Vec::new()).await.unwrap();
}

#[tokio::test]
async fn a_refused_message_is_due_later_and_a_parked_one_after_a_retry() {
    let world = World::new().await;
    enqueue(&world, Topic::ImageGeneration, 2, 0).await;
    let id = ids(&world, 0).await[0];
    world.store.refuse(id, "nack", at(1), at(5), false).await.unwrap();
    assert_eq!(fetch(&world, ONE, 4).await, Vec::<i64>::new());
    assert_eq!(fetch(&world, ONE, 5).await, [2]);
    assert_eq!(
        world
            .count("outbox_messages WHERE attempts = 1 AND last_error = 'nack'")
            .await,
        1
    );

    world
        .store
        .refuse(id, "returned", at(6), at(6), true)
        .await
        .unwrap();
    assert_eq!(fetch(&world, ONE, 100).await, Vec::<i64>::new());
    assert_eq!(
        world
            .count("outbox_messages WHERE attempts = 2 AND parked_at IS NOT NULL")
            .await,
        1
    );

    assert_eq!(world.store.retry_parked(at(200)).await.unwrap(), 1);
    assert_eq!(fetch(&world, ONE, 199).await, Vec::<i64>::new());
    assert_eq!(fetch(&world, ONE, 200).await, [2]);
    assert_eq!(world.store.retry_parked(at(200)).await.unwrap(), 0);
}

#[tokio::test]
async fn the_status_counts_each_topic() {
    let world = World::new().await;
    enqueue(&world, Topic::ImageGeneration, 2, 10).await;
    // Due later.
    enqueue(&world, Topic::ImageGeneration, 3, 500).await;
    enqueue(&world, Topic::ModelTraining, 4, 0).await;
    let id: i64 = world
        .value("SELECT id FROM outbox_messages WHERE topic = 'model_training'")
        .await;
    world.store.refuse(id, "nack", at(1), at(1), true).await.unwrap();
    let status = |topic: &str, pending, oldest_seconds, parked| OutboxStatus {
        topic: topic.into(),
        pending,
        oldest_seconds,
        parked,
    };
    assert_eq!(
        world.store.status(at(40)).await.unwrap(),
        [
            status("image_generation", 1, 30, 0),
            status("model_training", 0, 0, 1),
            status("storage_delete", 0, 0, 0),
        ]
    );
}

#[tokio::test]
async fn delete_unsent_deletes_the_messages_of_one_subject() {
    let world = World::new().await;
    enqueue(&world, Topic::ModelTraining, 2, 0).await;
    enqueue(&world, Topic::ModelTraining, 3, 0).await;
    enqueue(&world, Topic::ImageGeneration, 4, 0).await;
    let mut unit = world.unit().await;
    unit.outbox()
        .delete_unsent(Topic::ModelTraining, 2)
        .await
        .unwrap();
    unit.outbox()
        .delete_unsent(Topic::ModelTraining, 4)
        .await
        .unwrap();
    unit.commit().await.unwrap();
    let left: String = world
        .value("SELECT string_agg(subject_id::text, ',' ORDER BY id) FROM outbox_messages")
        .await;
    assert_eq!(left, "3,4");
}

#[tokio::test]
async fn p7_a_rolled_back_transaction_stores_no_message() {
    let world = World::new().await;
    let mut unit = world.unit().await;
    let message = NewMessage {
        task_id: task(9),
        topic: Topic::ModelTraining,
        subject_id: 9,
        payload: Vec::new(),
        send_at: at(0),
        now: at(0),
    };
    unit.outbox().enqueue(message).await.unwrap();
    drop(unit);
    assert_eq!(world.count("outbox_messages").await, 0);
}
