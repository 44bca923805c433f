//! The connection to the broker is lost, frozen and restored.

use std::time::Duration;

use domain::workers::{Delivery, TaskPublisher, Topic};
use tokio::time::{Instant, sleep};

use crate::support::{CONFIRM, DEADLINE, Fixture, SLACK, all_unreachable, confirmed, ids, tasks};

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_batch_is_unreachable_and_can_be_sent_again_with_the_same_ids() {
    let fixture = Fixture::new().await;
    fixture
        .publish_until_confirmed(Topic::ImageGeneration, tasks(1000, 1))
        .await;
    fixture.broker.purge("image_generation").await.unwrap();

    // The broker receives the messages, but its confirms are lost.
    fixture.proxy.hold_responses();
    let batch = tasks(1, 50);
    let (deliveries, ()) = tokio::join!(
        fixture.publisher.publish(Topic::ImageGeneration, batch.clone()),
        async {
            fixture.wait_for_messages(Topic::ImageGeneration, 50).await;
            fixture.proxy.cut();
        }
    );
    assert_eq!(deliveries.len(), 50);
    assert!(all_unreachable(&deliveries), "{deliveries:?}");

    fixture.proxy.restore();
    fixture
        .publish_until_confirmed(Topic::ImageGeneration, batch.clone())
        .await;
    let taken = fixture
        .broker
        .take("image_generation", 101, Duration::ZERO)
        .await
        .unwrap();
    let taken: Vec<_> = taken.into_iter().map(|message| message.message_id).collect();
    assert_eq!(taken, [ids(&batch), ids(&batch)].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_that_is_lost_is_replaced() {
    let fixture = Fixture::new().await;
    fixture
        .publish_until_confirmed(Topic::ImageGeneration, tasks(1, 1))
        .await;
    fixture.proxy.cut();
    fixture.proxy.restore();
    fixture
        .publish_until_confirmed(Topic::ImageGeneration, tasks(2, 10))
        .await;
    fixture.publisher.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_broker_is_unreachable_within_the_timeout() {
    frozen(20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_larger_than_the_window_fails_within_the_timeout_too() {
    // The messages beyond the window wait for a permit that is never released.
    frozen(250).await;
}

async fn frozen(n: u16) {
    let fixture = Fixture::new().await;
    fixture
        .publish_until_confirmed(Topic::ImageGeneration, tasks(1, 1))
        .await;
    fixture.proxy.freeze();

    let started = Instant::now();
    let deliveries = fixture
        .publisher
        .publish(Topic::ImageGeneration, tasks(2, n.into()))
        .await;
    assert_eq!(deliveries.len(), usize::from(n));
    assert!(all_unreachable(&deliveries), "{:?}", deliveries.first());
    assert!(started.elapsed() < CONFIRM + SLACK, "{:?}", started.elapsed());

    // The connection is given up. A frozen broker accepts new connections and sends nothing: this ends with the connect
    // timeout.
    let started = Instant::now();
    let deliveries = fixture
        .publisher
        .publish(Topic::ImageGeneration, tasks(2, 1))
        .await;
    let [Delivery::Unreachable(reason)] = deliveries.as_slice() else {
        panic!("{deliveries:?}");
    };
    assert!(reason.contains("no connection to the broker"), "{reason}");
    assert!(started.elapsed() < CONFIRM + SLACK, "{:?}", started.elapsed());

    fixture.proxy.restore();
    fixture
        .publish_until_confirmed(Topic::ImageGeneration, tasks(300, 10))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeout_on_one_queue_wakes_the_callers_of_the_other() {
    let fixture = Fixture::new().await;
    fixture
        .publish_until_confirmed(Topic::ImageGeneration, tasks(1, 1))
        .await;
    fixture
        .publish_until_confirmed(Topic::ModelTraining, tasks(2, 1))
        .await;
    fixture.proxy.freeze();
    let started = Instant::now();
    let (images, trainings) = tokio::join!(
        fixture.publisher.publish(Topic::ImageGeneration, tasks(10, 100)),
        fixture.publisher.publish(Topic::ModelTraining, tasks(200, 100)),
    );
    assert!(all_unreachable(&images) && all_unreachable(&trainings));
    assert!(started.elapsed() < CONFIRM + SLACK, "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_down_at_the_start_is_unreachable_until_it_comes_up() {
    let fixture = Fixture::new().await;
    fixture.proxy.cut();
    let started = Instant::now();
    let first = fixture.publisher.publish(Topic::ModelTraining, tasks(1, 3)).await;
    assert!(all_unreachable(&first), "{first:?}");
    assert_eq!(first.len(), 3);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert!(fixture.publisher.check().await.is_err());

    fixture.proxy.restore();
    fixture
        .publish_until_confirmed(Topic::ModelTraining, tasks(1, 3))
        .await;
    assert_eq!(
        fixture
            .broker
            .take("model_training", 4, Duration::ZERO)
            .await
            .unwrap()
            .len(),
        3
    );
    fixture.publisher.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_connection_is_attempted_during_the_backoff() {
    let fixture = Fixture::new().await;
    fixture.proxy.freeze();
    // The failed attempt takes the full connect timeout.
    assert!(all_unreachable(
        &fixture
            .publisher
            .publish(Topic::ImageGeneration, tasks(1, 1))
            .await
    ));
    fixture.proxy.restore();
    let started = Instant::now();
    let deliveries = fixture
        .publisher
        .publish(Topic::ImageGeneration, tasks(1, 1))
        .await;
    assert!(
        all_unreachable(&deliveries),
        "a connection was attempted during the backoff"
    );
    assert!(fixture.publisher.check().await.is_err());
    assert!(
        started.elapsed() < Duration::from_millis(300),
        "{:?}",
        started.elapsed()
    );
    fixture
        .publish_until_confirmed(Topic::ImageGeneration, tasks(1, 1))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_fails_for_a_frozen_broker() {
    let fixture = Fixture::new().await;
    fixture.publisher.check().await.unwrap();
    fixture.proxy.freeze();
    let started = Instant::now();
    let reason = fixture.publisher.check().await.unwrap_err();
    assert!(reason.contains("does not answer"), "{reason}");
    assert!(
        started.elapsed() < Duration::from_secs(2) + SLACK,
        "{:?}",
        started.elapsed()
    );

    fixture.proxy.restore();
    let until = Instant::now() + DEADLINE;
    while let Err(reason) = fixture.publisher.check().await {
        assert!(Instant::now() < until, "{reason}");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        fixture
            .publisher
            .publish(Topic::ImageGeneration, tasks(1, 5))
            .await,
        confirmed(5)
    );
}
