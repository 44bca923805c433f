//! A worker, a broker behind a proxy, and a webhook recorder.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use amqprs::BasicProperties;
use amqprs::channel::BasicPublishArguments;
use amqprs::connection::{Connection, OpenConnectionArguments};
use stylelicense_local_worker::BrokerWorker;
use testkit::broker::TestBroker;
use testkit::proxy::FaultyProxy;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::worker::support::{MemoryStorage, Recorder, start_recorder, storage_with_images, test_worker};

pub const TRAINING: &str = "model_training";
pub const GENERATION: &str = "image_generation";

/// Timeout for an expected event.
const TIMEOUT: Duration = Duration::from_secs(20);
/// How long a queue must be empty.
const QUIET_PERIOD: Duration = Duration::from_millis(300);

pub struct Fixture {
    pub proxy: FaultyProxy,
    pub broker: TestBroker,
    pub storage: Arc<MemoryStorage>,
    /// Base URL of the recorder.
    pub api: String,
    recorder: web::Data<Recorder>,
}

impl Fixture {
    /// Creates both queues and purges them.
    pub async fn new() -> Self {
        let broker = TestBroker::from_env().await.unwrap();
        for queue in [TRAINING, GENERATION] {
            broker.delete(queue).await.unwrap();
            broker.purge(queue).await.unwrap();
        }
        let (recorder, api) = start_recorder();
        Self {
            proxy: FaultyProxy::start(broker.target()).await.unwrap(),
            broker,
            storage: storage_with_images(),
            api,
            recorder,
        }
    }

    pub fn start(&self) -> BrokerWorker {
        let url = self.broker.url_through(self.proxy.addr()).unwrap();
        BrokerWorker::start(&url.into(), test_worker(&self.storage))
    }

    pub async fn publish(&self, queue: &str, body: Vec<u8>) {
        let arguments = OpenConnectionArguments::try_from(self.broker.url().as_str()).unwrap();
        let connection = Connection::open(&arguments).await.unwrap();
        let channel = connection.open_channel(None).await.unwrap();
        let properties = BasicProperties::default().with_persistence(true).finish();
        let route = BasicPublishArguments::new("", queue);
        channel.basic_publish(properties, body, route).await.unwrap();
        channel.close().await.unwrap();
        connection.close().await.unwrap();
    }

    /// Number of calls of the webhook at `path`.
    pub fn count_of(&self, path: &str) -> usize {
        let calls = self.recorder.calls();
        calls.iter().filter(|(_, called, _)| called == path).count()
    }

    /// Waits for `n` calls of the webhook at `path`.
    pub async fn wait_for_calls(&self, path: &str, n: usize) {
        wait(path, async || self.count_of(path) >= n).await;
    }

    /// Waits until `n` tasks have started to read their images.
    pub async fn wait_for_starts(&self, n: usize) {
        wait("the start of a task", async || self.storage.reads() >= n).await;
    }

    /// Waits until `queue` exists.
    pub async fn wait_for_queue(&self, queue: &str) {
        wait(queue, async || self.broker.count(queue).await.is_ok()).await;
    }

    /// Waits until the proxy rejects connections.
    pub async fn wait_for_rejection(&self) {
        wait("the rejection of a connection", async || {
            let mut probe = TcpStream::connect(self.proxy.addr()).await.unwrap();
            !matches!(probe.read(&mut [0]).await, Ok(1..))
        })
        .await;
    }

    /// The remaining messages of `queue`. Call it after the worker has stopped: unacknowledged messages are requeued then.
    pub async fn remaining_messages(&self, queue: &str) -> Vec<Vec<u8>> {
        let messages = self.broker.take(queue, 10, QUIET_PERIOD).await.unwrap();
        messages.into_iter().map(|message| message.body).collect()
    }
}

async fn wait(event: &str, mut happened: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + TIMEOUT;
    while !happened().await {
        assert!(Instant::now() < deadline, "timeout while waiting for {event}");
        sleep(Duration::from_millis(10)).await;
    }
}
