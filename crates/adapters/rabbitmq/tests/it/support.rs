//! A publisher, its broker, and a proxy between the two.

use std::time::Duration;

use domain::TaskId;
use domain::workers::{Delivery, OutgoingTask, TaskPublisher, Topic};
use stylelicense_rabbitmq::{RabbitPublisher, Settings, Timeouts};
use testkit::broker::TestBroker;
use testkit::proxy::FaultyProxy;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// Timeout of the waiting loops in the tests.
pub const DEADLINE: Duration = Duration::from_secs(20);
/// The confirm timeout of the publisher under test.
pub const CONFIRM: Duration = Duration::from_millis(1500);
/// Extra time for a call on a busy machine.
pub const SLACK: Duration = Duration::from_secs(3);

pub struct Fixture {
    pub publisher: RabbitPublisher,
    pub proxy: FaultyProxy,
    pub broker: TestBroker,
}

impl Fixture {
    /// Starts with empty queues.
    pub async fn new() -> Self {
        let broker = TestBroker::from_env().await.unwrap();
        for topic in Topic::all() {
            broker.delete(topic.as_str()).await.unwrap();
            broker.purge(topic.as_str()).await.unwrap();
        }
        let proxy = FaultyProxy::start(broker.target()).await.unwrap();
        let url = broker.url_through(proxy.addr()).unwrap();
        Self {
            publisher: RabbitPublisher::new(settings(&url)),
            proxy,
            broker,
        }
    }

    /// Publishes until the broker confirms the batch.
    pub async fn publish_until_confirmed(&self, topic: Topic, batch: Vec<OutgoingTask>) {
        let until = Instant::now() + DEADLINE;
        loop {
            let deliveries = self.publisher.publish(topic, batch.clone()).await;
            if deliveries == confirmed(batch.len()) {
                return;
            }
            assert!(
                Instant::now() < until,
                "still not delivered: {:?}",
                deliveries.first()
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the queue of `topic` has `n` messages.
    pub async fn wait_for_messages(&self, topic: Topic, n: u32) {
        let until = Instant::now() + DEADLINE;
        while self.broker.count(topic.as_str()).await.unwrap() < n {
            assert!(Instant::now() < until, "the messages did not arrive");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

pub fn settings(url: &str) -> Settings {
    let mut settings = Settings::from_url(&url.into()).unwrap();
    settings.timeouts = Timeouts {
        connect: Duration::from_millis(1500),
        confirm: CONFIRM,
        initial_backoff: Duration::from_millis(400),
        max_backoff: Duration::from_millis(800),
        ..Timeouts::default()
    };
    settings
}

/// Tasks numbered from `first`. The id and the body contain the number.
pub fn tasks(first: u128, n: u128) -> Vec<OutgoingTask> {
    (first..first + n)
        .map(|number| OutgoingTask {
            task_id: TaskId(Uuid::from_u128(number)),
            body: format!(r#"{{"number":{number}}}"#).into(),
        })
        .collect()
}

pub fn ids(tasks: &[OutgoingTask]) -> Vec<Option<String>> {
    tasks.iter().map(|task| Some(task.task_id.to_string())).collect()
}

pub fn confirmed(n: usize) -> Vec<Delivery> {
    vec![Delivery::Confirmed; n]
}

pub fn all_unreachable(deliveries: &[Delivery]) -> bool {
    deliveries
        .iter()
        .all(|delivery| matches!(delivery, Delivery::Unreachable(_)))
}
