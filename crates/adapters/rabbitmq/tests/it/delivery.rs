//! Delivered messages: order, content and properties.

use std::time::Duration;

use domain::workers::{TaskPublisher, Topic};

use crate::support::{DEADLINE, Fixture, confirmed, tasks};

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_larger_than_the_window_is_delivered_in_order() {
    let fixture = Fixture::new().await;
    let batch = tasks(1, 250);
    let deliveries = fixture
        .publisher
        .publish(Topic::ImageGeneration, batch.clone())
        .await;
    assert_eq!(deliveries, confirmed(250));

    let taken = fixture
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
    assert_eq!(fixture.broker.count("model_training").await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_queues_can_be_published_to_concurrently() {
    let fixture = Fixture::new().await;
    let (images, trainings) = tokio::join!(
        fixture.publisher.publish(Topic::ImageGeneration, tasks(1, 300)),
        fixture.publisher.publish(Topic::ModelTraining, tasks(1001, 300)),
    );
    assert_eq!(images, confirmed(300));
    assert_eq!(trainings, confirmed(300));
    for (queue, first) in [("image_generation", 1), ("model_training", 1001)] {
        let taken = fixture.broker.take(queue, 301, Duration::ZERO).await.unwrap();
        let taken: Vec<_> = taken.into_iter().map(|message| message.message_id).collect();
        assert_eq!(taken, crate::support::ids(&tasks(first, 300)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_longer_than_a_frame_is_delivered_completely() {
    let fixture = Fixture::new().await;
    let mut batch = tasks(1, 3);
    batch[1].body = "x".repeat(1_000_000).into();
    let deliveries = fixture
        .publisher
        .publish(Topic::ModelTraining, batch.clone())
        .await;
    assert_eq!(deliveries, confirmed(3));
    let taken = fixture.broker.take("model_training", 3, DEADLINE).await.unwrap();
    assert_eq!(taken[1].body, batch[1].body);
    assert_eq!(taken[2].body, batch[2].body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_publish_does_not_shift_delivery_tags() {
    let fixture = Fixture::new().await;
    fixture
        .publish_until_confirmed(Topic::ImageGeneration, tasks(1, 1))
        .await;

    // The broker gets a full window of messages; the caller is cancelled before the confirms arrive.
    fixture.proxy.hold_responses();
    let publishing = fixture.publisher.publish(Topic::ImageGeneration, tasks(2, 150));
    tokio::select! {
        _ = publishing => panic!("no message can be confirmed"),
        () = fixture.wait_for_messages(Topic::ImageGeneration, 101) => {}
    }
    fixture.proxy.restore();

    // With shifted tags, the last messages would not be confirmed before the timeout.
    let deliveries = fixture
        .publisher
        .publish(Topic::ImageGeneration, tasks(500, 120))
        .await;
    assert_eq!(deliveries, confirmed(120));
    assert_eq!(
        fixture.broker.count("image_generation").await.unwrap(),
        1 + 100 + 120
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_cancelled_at_any_moment_do_not_shift_delivery_tags() {
    let fixture = Fixture::new().await;
    for pause in 0..40_u64 {
        let publishing = fixture.publisher.publish(Topic::ImageGeneration, tasks(1, 150));
        let _ = tokio::time::timeout(Duration::from_micros(pause * 50), publishing).await;
    }
    let deliveries = fixture
        .publisher
        .publish(Topic::ImageGeneration, tasks(1000, 150))
        .await;
    assert_eq!(deliveries, confirmed(150));
}

#[test]
fn a_publisher_may_be_dropped_outside_its_runtime() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let fixture = runtime.block_on(Fixture::new());
    runtime.block_on(fixture.publish_until_confirmed(Topic::ImageGeneration, tasks(1, 1)));
    drop(fixture.publisher);
    let _guard = runtime.enter();
    drop(fixture.broker);
}
