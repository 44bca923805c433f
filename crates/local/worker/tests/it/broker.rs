//! The demo worker at a real RabbitMQ, named by the environment variable `AMQP_URL`.

mod bench;

use std::time::{Duration, Instant};

use self::bench::{Bench, GENERATION, TRAINING};
use crate::worker::support::{generation_task, training_task};

const IMAGES: &[&str] = &["s3://private/a.png"];
const TRAINED: &str = "/api/webhooks/training/complete";
const GENERATED: &str = "/api/webhooks/inference/complete";

#[actix_web::test]
async fn tasks_of_both_queues_are_done_and_acknowledged() {
    let bench = Bench::new().await;
    let worker = bench.start();

    bench.publish(TRAINING, training_task(&bench.api, IMAGES)).await;
    bench.called(TRAINED, 1).await;
    bench.publish(GENERATION, generation_task(&bench.api, "")).await;
    bench.called(GENERATED, 1).await;

    worker.stop().await;
    assert_eq!(bench.left(TRAINING).await, Vec::<Vec<u8>>::new());
    assert_eq!(bench.left(GENERATION).await, Vec::<Vec<u8>>::new());
}

#[actix_web::test]
async fn more_tasks_than_hands_are_all_done_once() {
    let bench = Bench::new().await;
    for _ in 0..5 {
        bench.publish(TRAINING, training_task(&bench.api, IMAGES)).await;
    }
    let worker = bench.start();

    bench.called(TRAINED, 5).await;

    worker.stop().await;
    assert_eq!(bench.count_of(TRAINED), 5);
    assert_eq!(bench.left(TRAINING).await, Vec::<Vec<u8>>::new());
}

#[actix_web::test]
async fn messages_that_are_no_tasks_are_rejected_and_hold_up_nobody() {
    let bench = Bench::new().await;
    for message in ["", "{}", "not JSON"] {
        bench.publish(TRAINING, message.into()).await;
    }
    bench.publish(TRAINING, training_task(&bench.api, IMAGES)).await;
    let worker = bench.start();

    bench.called(TRAINED, 1).await;

    worker.stop().await;
    assert_eq!(bench.left(TRAINING).await, Vec::<Vec<u8>>::new());
}

#[actix_web::test]
async fn a_task_is_tried_again_while_the_platform_is_out_of_reach() {
    let bench = Bench::new().await;
    let task = training_task("http://127.0.0.1:9", IMAGES);
    bench.publish(TRAINING, task.clone()).await;
    let worker = bench.start();

    bench.begun(2).await;

    worker.stop().await;
    assert_eq!(bench.left(TRAINING).await, [task]);
}

#[actix_web::test]
async fn a_connection_lost_in_the_middle_of_a_task_is_survived() {
    let bench = Bench::new().await;
    bench.storage.hold();
    let worker = bench.start();
    bench.publish(TRAINING, training_task(&bench.api, IMAGES)).await;
    bench.begun(1).await;

    bench.proxy.cut();
    bench.proxy.restore();
    bench.begun(2).await;
    bench.storage.release();
    bench.called(TRAINED, 1).await;

    worker.stop().await;
    assert_eq!(bench.count_of(TRAINED), 1, "the first try was to be dropped");
    assert_eq!(bench.left(TRAINING).await, Vec::<Vec<u8>>::new());
}

#[actix_web::test]
async fn a_broker_that_comes_later_is_found() {
    let bench = Bench::new().await;
    bench.proxy.cut();
    let worker = bench.start();
    bench.publish(TRAINING, training_task(&bench.api, IMAGES)).await;
    bench.refused().await;

    bench.proxy.restore();
    bench.called(TRAINED, 1).await;
    worker.stop().await;
}

#[actix_web::test]
async fn a_deleted_queue_is_declared_again() {
    let bench = Bench::new().await;
    let worker = bench.start();
    bench.publish(TRAINING, training_task(&bench.api, IMAGES)).await;
    bench.called(TRAINED, 1).await;

    bench.broker.delete(TRAINING).await.unwrap();
    bench.exists(TRAINING).await;
    bench.publish(TRAINING, training_task(&bench.api, IMAGES)).await;
    bench.called(TRAINED, 2).await;
    worker.stop().await;
}

#[actix_web::test]
async fn stopping_does_not_wait_for_a_task_without_end() {
    let bench = Bench::new().await;
    bench.storage.hold();
    let worker = bench.start();
    let task = training_task(&bench.api, IMAGES);
    bench.publish(TRAINING, task.clone()).await;
    bench.begun(1).await;

    let before = Instant::now();
    worker.stop().await;
    assert!(
        before.elapsed() < Duration::from_secs(7),
        "{:?}",
        before.elapsed()
    );
    assert_eq!(bench.left(TRAINING).await, [task]);
}

#[actix_web::test]
async fn stopping_does_not_wait_for_a_broker_that_fell_silent() {
    let bench = Bench::new().await;
    let worker = bench.start();
    bench.publish(TRAINING, training_task(&bench.api, IMAGES)).await;
    bench.called(TRAINED, 1).await;

    bench.proxy.freeze();
    let before = Instant::now();
    worker.stop().await;
    assert!(
        before.elapsed() < Duration::from_secs(5),
        "{:?}",
        before.elapsed()
    );
}
