//! The broker goes away and comes back.

use std::time::Duration;

use domain::workers::Topic;
use domain::workers::{Delivery, TaskPublisher};
use tokio::time::{Instant, sleep};

use crate::support::{Bench, CONFIRM, DEADLINE, SLACK, all_unreachable, confirmed, ids, tasks};

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_cut_off_is_unreachable_and_goes_out_again_under_the_same_ids() {
    let bench = Bench::new().await;
    bench
        .publish_in_the_end(Topic::ImageGeneration, tasks(1000, 1))
        .await;
    bench.broker.purge("image_generation").await.unwrap();

    // The broker has the messages, but its confirms never come back.
    bench.proxy.mute();
    let batch = tasks(1, 50);
    let (deliveries, ()) = tokio::join!(
        bench.publisher.publish(Topic::ImageGeneration, batch.clone()),
        async {
            bench.arrived(Topic::ImageGeneration, 50).await;
            bench.proxy.cut();
        }
    );
    assert_eq!(deliveries.len(), 50);
    assert!(all_unreachable(&deliveries), "{deliveries:?}");

    bench.proxy.restore();
    bench
        .publish_in_the_end(Topic::ImageGeneration, batch.clone())
        .await;
    let taken = bench
        .broker
        .take("image_generation", 101, Duration::ZERO)
        .await
        .unwrap();
    let taken: Vec<_> = taken.into_iter().map(|message| message.message_id).collect();
    assert_eq!(taken, [ids(&batch), ids(&batch)].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_lost_while_idle_is_replaced_without_anybody_noticing() {
    let bench = Bench::new().await;
    bench
        .publish_in_the_end(Topic::ImageGeneration, tasks(1, 1))
        .await;
    bench.proxy.cut();
    bench.proxy.restore();
    bench
        .publish_in_the_end(Topic::ImageGeneration, tasks(2, 10))
        .await;
    bench.publisher.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_broker_is_unreachable_within_the_timeout() {
    frozen(20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_broker_holds_up_no_batch_larger_than_the_window() {
    // The rest waits for a place that never comes free.
    frozen(250).await;
}

async fn frozen(n: u16) {
    let bench = Bench::new().await;
    bench
        .publish_in_the_end(Topic::ImageGeneration, tasks(1, 1))
        .await;
    bench.proxy.freeze();

    let started = Instant::now();
    let deliveries = bench
        .publisher
        .publish(Topic::ImageGeneration, tasks(2, n.into()))
        .await;
    assert_eq!(deliveries.len(), usize::from(n));
    assert!(all_unreachable(&deliveries), "{:?}", deliveries.first());
    assert!(started.elapsed() < CONFIRM + SLACK, "{:?}", started.elapsed());

    // The link is given up. A frozen broker takes new connections and says nothing: that ends in time as well.
    let started = Instant::now();
    let deliveries = bench.publisher.publish(Topic::ImageGeneration, tasks(2, 1)).await;
    let [Delivery::Unreachable(reason)] = deliveries.as_slice() else {
        panic!("{deliveries:?}");
    };
    assert!(reason.contains("no connection to the broker"), "{reason}");
    assert!(started.elapsed() < CONFIRM + SLACK, "{:?}", started.elapsed());

    bench.proxy.restore();
    bench
        .publish_in_the_end(Topic::ImageGeneration, tasks(300, 10))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stall_of_one_queue_wakes_the_callers_of_the_other() {
    let bench = Bench::new().await;
    bench
        .publish_in_the_end(Topic::ImageGeneration, tasks(1, 1))
        .await;
    bench.publish_in_the_end(Topic::ModelTraining, tasks(2, 1)).await;
    bench.proxy.freeze();
    let started = Instant::now();
    let (images, trainings) = tokio::join!(
        bench.publisher.publish(Topic::ImageGeneration, tasks(10, 100)),
        bench.publisher.publish(Topic::ModelTraining, tasks(200, 100)),
    );
    assert!(all_unreachable(&images) && all_unreachable(&trainings));
    assert!(started.elapsed() < CONFIRM + SLACK, "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_down_at_the_start_is_unreachable_at_once_and_used_when_it_comes_up() {
    let bench = Bench::new().await;
    bench.proxy.cut();
    let started = Instant::now();
    let first = bench.publisher.publish(Topic::ModelTraining, tasks(1, 3)).await;
    assert!(all_unreachable(&first), "{first:?}");
    assert_eq!(first.len(), 3);
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert!(bench.publisher.check().await.is_err());

    bench.proxy.restore();
    bench.publish_in_the_end(Topic::ModelTraining, tasks(1, 3)).await;
    assert_eq!(
        bench
            .broker
            .take("model_training", 4, Duration::ZERO)
            .await
            .unwrap()
            .len(),
        3
    );
    bench.publisher.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn during_a_pause_nothing_is_tried_and_nobody_waits() {
    let bench = Bench::new().await;
    bench.proxy.freeze();
    // Each failed attempt takes the whole time a connection is given.
    assert!(all_unreachable(
        &bench.publisher.publish(Topic::ImageGeneration, tasks(1, 1)).await
    ));
    bench.proxy.restore();
    let started = Instant::now();
    let deliveries = bench.publisher.publish(Topic::ImageGeneration, tasks(1, 1)).await;
    assert!(all_unreachable(&deliveries), "the pause was not kept");
    assert!(bench.publisher.check().await.is_err());
    assert!(
        started.elapsed() < Duration::from_millis(300),
        "{:?}",
        started.elapsed()
    );
    bench
        .publish_in_the_end(Topic::ImageGeneration, tasks(1, 1))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_tells_a_frozen_broker_from_a_living_one() {
    let bench = Bench::new().await;
    bench.publisher.check().await.unwrap();
    bench.proxy.freeze();
    let started = Instant::now();
    let reason = bench.publisher.check().await.unwrap_err();
    assert!(reason.contains("does not answer"), "{reason}");
    assert!(
        started.elapsed() < Duration::from_secs(2) + SLACK,
        "{:?}",
        started.elapsed()
    );

    bench.proxy.restore();
    let until = Instant::now() + DEADLINE;
    while let Err(reason) = bench.publisher.check().await {
        assert!(Instant::now() < until, "{reason}");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        bench.publisher.publish(Topic::ImageGeneration, tasks(1, 5)).await,
        confirmed(5)
    );
}
