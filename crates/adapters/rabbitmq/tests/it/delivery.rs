//! What arrives, and in which shape.

use std::time::Duration;

use domain::workers::TaskPublisher;
use domain::workers::Topic;

use crate::support::{Bench, DEADLINE, confirmed, tasks};

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_larger_than_the_window_is_confirmed_and_arrives_in_order() {
    let bench = Bench::new().await;
    let batch = tasks(1, 250);
    let deliveries = bench
        .publisher
        .publish(Topic::ImageGeneration, batch.clone())
        .await;
    assert_eq!(deliveries, confirmed(250));

    let taken = bench
        .broker
        .take("image_generation", 251, Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(taken.len(), 250);
    for (message, task) in taken.iter().zip(&batch) {
        assert_eq!(message.message_id, Some(task.task_id.to_string()));
        assert_eq!(message.body, task.body);
        assert_eq!(message.content_type.as_deref(), Some("application/json"));
        assert!(message.persistent);
        assert!(message.headers.is_empty());
    }
    assert_eq!(bench.broker.count("model_training").await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_queues_may_be_published_to_at_once() {
    let bench = Bench::new().await;
    let (images, trainings) = tokio::join!(
        bench.publisher.publish(Topic::ImageGeneration, tasks(1, 300)),
        bench.publisher.publish(Topic::ModelTraining, tasks(1001, 300)),
    );
    assert_eq!(images, confirmed(300));
    assert_eq!(trainings, confirmed(300));
    for (queue, first) in [("image_generation", 1), ("model_training", 1001)] {
        let taken = bench.broker.take(queue, 301, Duration::ZERO).await.unwrap();
        let taken: Vec<_> = taken.into_iter().map(|message| message.message_id).collect();
        assert_eq!(taken, crate::support::ids(&tasks(first, 300)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_longer_than_a_frame_arrives_whole() {
    let bench = Bench::new().await;
    let mut batch = tasks(1, 3);
    batch[1].body = "x".repeat(1_000_000).into();
    let deliveries = bench.publisher.publish(Topic::ModelTraining, batch.clone()).await;
    assert_eq!(deliveries, confirmed(3));
    let taken = bench.broker.take("model_training", 3, DEADLINE).await.unwrap();
    assert_eq!(taken[1].body, batch[1].body);
    assert_eq!(taken[2].body, batch[2].body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_publish_shifts_no_confirm() {
    let bench = Bench::new().await;
    bench
        .publish_in_the_end(Topic::ImageGeneration, tasks(1, 1))
        .await;

    // The broker gets a whole window of messages, and its confirms do not come back before the caller goes away.
    bench.proxy.mute();
    let publishing = bench.publisher.publish(Topic::ImageGeneration, tasks(2, 150));
    tokio::select! {
        _ = publishing => panic!("nothing can have been confirmed"),
        () = bench.arrived(Topic::ImageGeneration, 101) => {}
    }
    bench.proxy.restore();

    // Were the numbers shifted, the last messages would find no confirm in time.
    let deliveries = bench
        .publisher
        .publish(Topic::ImageGeneration, tasks(500, 120))
        .await;
    assert_eq!(deliveries, confirmed(120));
    assert_eq!(
        bench.broker.count("image_generation").await.unwrap(),
        1 + 100 + 120
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_go_away_at_any_moment_shift_no_confirm() {
    let bench = Bench::new().await;
    for pause in 0..40_u64 {
        let publishing = bench.publisher.publish(Topic::ImageGeneration, tasks(1, 150));
        let _ = tokio::time::timeout(Duration::from_micros(pause * 50), publishing).await;
    }
    let deliveries = bench
        .publisher
        .publish(Topic::ImageGeneration, tasks(1000, 150))
        .await;
    assert_eq!(deliveries, confirmed(150));
}

#[test]
fn a_publisher_may_be_dropped_outside_its_runtime() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::new());
    runtime.block_on(bench.publish_in_the_end(Topic::ImageGeneration, tasks(1, 1)));
    drop(bench.publisher);
    let _inside = runtime.enter();
    drop(bench.broker);
}
