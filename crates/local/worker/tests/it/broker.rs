//! The demo worker with the RabbitMQ server at `AMQP_URL`.

mod fixture;

use std::time::{Duration, Instant};

use self::fixture::{Fixture, GENERATION, TRAINING};
use crate::worker::support::{generation_task, training_task};

const IMAGES: &[&str] = &["s3://private/a.png"];
const TRAINING_COMPLETE: &str = "/api/webhooks/training/complete";
const GENERATION_COMPLETE: &str = "/api/webhooks/inference/complete";

#[actix_web::test]
async fn tasks_of_both_queues_are_acknowledged() {
    let fixture = Fixture::new().await;
    let worker = fixture.start();

    fixture
        .publish(TRAINING, training_task(&fixture.api, IMAGES))
        .await;
    fixture.wait_for_calls(TRAINING_COMPLETE, 1).await;
    fixture
        .publish(GENERATION, generation_task(&fixture.api, ""))
        .await;
    fixture.wait_for_calls(GENERATION_COMPLETE, 1).await;

    worker.stop().await;
    assert_eq!(fixture.remaining_messages(TRAINING).await, Vec::<Vec<u8>>::new());
    assert_eq!(
        fixture.remaining_messages(GENERATION).await,
        Vec::<Vec<u8>>::new()
    );
}

#[actix_web::test]
async fn more_tasks_than_consumers_are_all_done_once() {
    let fixture = Fixture::new().await;
    for _ in 0..5 {
        fixture
            .publish(TRAINING, training_task(&fixture.api, IMAGES))
            .await;
    }
    let worker = fixture.start();

    fixture.wait_for_calls(TRAINING_COMPLETE, 5).await;

    worker.stop().await;
    assert_eq!(fixture.count_of(TRAINING_COMPLETE), 5);
    assert_eq!(fixture.remaining_messages(TRAINING).await, Vec::<Vec<u8>>::new());
}

#[actix_web::test]
async fn invalid_messages_are_rejected() {
    let fixture = Fixture::new().await;
    for message in ["", "{}", "not JSON"] {
        fixture.publish(TRAINING, message.into()).await;
    }
    fixture
        .publish(TRAINING, training_task(&fixture.api, IMAGES))
        .await;
    let worker = fixture.start();

    fixture.wait_for_calls(TRAINING_COMPLETE, 1).await;

    worker.stop().await;
    assert_eq!(fixture.remaining_messages(TRAINING).await, Vec::<Vec<u8>>::new());
}

#[actix_web::test]
async fn a_task_is_requeued_while_the_platform_is_down() {
    let fixture = Fixture::new().await;
    let task = training_task("http://127.0.0.1:9", IMAGES);
    fixture.publish(TRAINING, task.clone()).await;
    let worker = fixture.start();

    fixture.wait_for_starts(2).await;

    worker.stop().await;
    assert_eq!(fixture.remaining_messages(TRAINING).await, [task]);
}

#[actix_web::test]
async fn a_task_is_redelivered_after_a_lost_connection() {
    let fixture = Fixture::new().await;
    fixture.storage.block_reads();
    let worker = fixture.start();
    fixture
        .publish(TRAINING, training_task(&fixture.api, IMAGES))
        .await;
    fixture.wait_for_starts(1).await;

    fixture.proxy.cut();
    fixture.proxy.restore();
    fixture.wait_for_starts(2).await;
    fixture.storage.unblock_reads();
    fixture.wait_for_calls(TRAINING_COMPLETE, 1).await;

    worker.stop().await;
    assert_eq!(
        fixture.count_of(TRAINING_COMPLETE),
        1,
        "the first attempt must be canceled"
    );
    assert_eq!(fixture.remaining_messages(TRAINING).await, Vec::<Vec<u8>>::new());
}

#[actix_web::test]
async fn the_worker_connects_when_the_broker_becomes_available() {
    let fixture = Fixture::new().await;
    fixture.proxy.cut();
    let worker = fixture.start();
    fixture
        .publish(TRAINING, training_task(&fixture.api, IMAGES))
        .await;
    fixture.wait_for_rejection().await;

    fixture.proxy.restore();
    fixture.wait_for_calls(TRAINING_COMPLETE, 1).await;
    worker.stop().await;
}

#[actix_web::test]
async fn a_deleted_queue_is_declared_again() {
    let fixture = Fixture::new().await;
    let worker = fixture.start();
    fixture
        .publish(TRAINING, training_task(&fixture.api, IMAGES))
        .await;
    fixture.wait_for_calls(TRAINING_COMPLETE, 1).await;

    fixture.broker.delete(TRAINING).await.unwrap();
    fixture.wait_for_queue(TRAINING).await;
    fixture
        .publish(TRAINING, training_task(&fixture.api, IMAGES))
        .await;
    fixture.wait_for_calls(TRAINING_COMPLETE, 2).await;
    worker.stop().await;
}

#[actix_web::test]
async fn stop_does_not_wait_for_a_hanging_task() {
    let fixture = Fixture::new().await;
    fixture.storage.block_reads();
    let worker = fixture.start();
    let task = training_task(&fixture.api, IMAGES);
    fixture.publish(TRAINING, task.clone()).await;
    fixture.wait_for_starts(1).await;

    let before = Instant::now();
    worker.stop().await;
    assert!(
        before.elapsed() < Duration::from_secs(7),
        "{:?}",
        before.elapsed()
    );
    assert_eq!(fixture.remaining_messages(TRAINING).await, [task]);
}

#[actix_web::test]
async fn stop_does_not_wait_for_an_unresponsive_broker() {
    let fixture = Fixture::new().await;
    let worker = fixture.start();
    fixture
        .publish(TRAINING, training_task(&fixture.api, IMAGES))
        .await;
    fixture.wait_for_calls(TRAINING_COMPLETE, 1).await;

    fixture.proxy.freeze();
    let before = Instant::now();
    worker.stop().await;
    assert!(
        before.elapsed() < Duration::from_secs(5),
        "{:?}",
        before.elapsed()
    );
}
