//! How the queues are declared, and what happens when somebody else declared or deleted them.

use std::time::Duration;

use domain::workers::Topic;
use domain::workers::{Delivery, TaskPublisher};

use crate::support::{Bench, confirmed, tasks};

#[tokio::test(flavor = "multi_thread")]
async fn queues_are_declared_as_the_workers_declare_them() {
    let bench = Bench::new().await;
    for topic in Topic::ALL {
        let queue = topic.as_str();
        bench.broker.delete(queue).await.unwrap();
        assert_eq!(bench.publisher.publish(topic, tasks(1, 1)).await, confirmed(1));
        bench.broker.declare(queue, &[]).await.unwrap();
        assert!(
            bench
                .broker
                .declare(queue, &[("x-max-length", 10)])
                .await
                .is_err()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_declared_otherwise_is_named_and_does_not_stop_the_other() {
    let bench = Bench::new().await;
    bench.broker.delete("model_training").await.unwrap();
    bench
        .broker
        .declare("model_training", &[("x-max-length", 10)])
        .await
        .unwrap();

    for _ in 0..3 {
        let deliveries = bench.publisher.publish(Topic::ModelTraining, tasks(1, 2)).await;
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
            bench.publisher.publish(Topic::ImageGeneration, tasks(1, 2)).await,
            confirmed(2)
        );
    }

    bench.broker.delete("model_training").await.unwrap();
    assert_eq!(
        bench.publisher.publish(Topic::ModelTraining, tasks(1, 2)).await,
        confirmed(2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_a_queue_is_refused_and_the_queue_made_again() {
    let bench = Bench::new().await;
    bench
        .publish_in_the_end(Topic::ImageGeneration, tasks(1, 1))
        .await;
    bench.broker.delete("image_generation").await.unwrap();

    let deliveries = bench.publisher.publish(Topic::ImageGeneration, tasks(2, 3)).await;
    assert_eq!(deliveries, vec![Delivery::Refused("312 NO_ROUTE".to_owned()); 3]);

    assert_eq!(
        bench.publisher.publish(Topic::ImageGeneration, tasks(2, 3)).await,
        confirmed(3)
    );
    let taken = bench
        .broker
        .take("image_generation", 4, Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(taken.len(), 3);
}
