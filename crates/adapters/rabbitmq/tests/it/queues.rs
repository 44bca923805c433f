//! Declaration of the queues, also when another client has declared or deleted them.

use std::time::Duration;

use domain::workers::{Delivery, TaskPublisher, Topic};

use crate::support::{Fixture, confirmed, tasks};

#[tokio::test(flavor = "multi_thread")]
async fn queues_are_declared_as_the_workers_declare_them() {
    let fixture = Fixture::new().await;
    for topic in Topic::all() {
        let queue = topic.as_str();
        fixture.broker.delete(queue).await.unwrap();
        assert_eq!(fixture.publisher.publish(topic, tasks(1, 1)).await, confirmed(1));
        fixture.broker.declare(queue, &[]).await.unwrap();
        assert!(
            fixture
                .broker
                .declare(queue, &[("x-max-length", 10)])
                .await
                .is_err()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_with_other_arguments_is_reported_and_does_not_affect_the_other_queue() {
    let fixture = Fixture::new().await;
    fixture.broker.delete("model_training").await.unwrap();
    fixture
        .broker
        .declare("model_training", &[("x-max-length", 10)])
        .await
        .unwrap();

    for _ in 0..3 {
        let deliveries = fixture.publisher.publish(Topic::ModelTraining, tasks(1, 2)).await;
        assert_eq!(deliveries.len(), 2);
        for delivery in deliveries {
            let Delivery::Unreachable(reason) = delivery else {
                panic!("{delivery:?}");
            };
            assert!(
                reason.contains("model_training") && reason.contains("406"),
                "{reason}"
            );
        }
        assert_eq!(
            fixture
                .publisher
                .publish(Topic::ImageGeneration, tasks(1, 2))
                .await,
            confirmed(2)
        );
    }

    fixture.broker.delete("model_training").await.unwrap();
    assert_eq!(
        fixture.publisher.publish(Topic::ModelTraining, tasks(1, 2)).await,
        confirmed(2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_a_queue_is_refused_and_the_queue_is_declared_again() {
    let fixture = Fixture::new().await;
    fixture
        .publish_until_confirmed(Topic::ImageGeneration, tasks(1, 1))
        .await;
    fixture.broker.delete("image_generation").await.unwrap();

    let deliveries = fixture
        .publisher
        .publish(Topic::ImageGeneration, tasks(2, 3))
        .await;
    assert_eq!(deliveries, vec![Delivery::Refused("312 NO_ROUTE".to_owned()); 3]);

    assert_eq!(
        fixture
            .publisher
            .publish(Topic::ImageGeneration, tasks(2, 3))
            .await,
        confirmed(3)
    );
    let taken = fixture
        .broker
        .take("image_generation", 4, Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(taken.len(), 3);
}
