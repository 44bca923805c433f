//! A worker, its broker with a proxy between the two, and the platform it reports to.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use amqprs::BasicProperties;
use amqprs::channel::BasicPublishArguments;
use amqprs::connection::{Connection, OpenConnectionArguments};
use stylelicense_local_worker::BrokerWorker;
use testkit::broker::TestBroker;
use testkit::proxy::CuttableProxy;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::worker::support::{Memory, Recorder, filled, start, worker};

pub const TRAINING: &str = "model_training";
pub const GENERATION: &str = "image_generation";

/// How long a test waits for what must happen.
const DEADLINE: Duration = Duration::from_secs(20);
/// How long it waits for what must not happen.
const QUIET: Duration = Duration::from_millis(300);

pub struct Bench {
    pub proxy: CuttableProxy,
    pub broker: TestBroker,
    pub storage: Arc<Memory>,
    /// Base address of the platform.
    pub api: String,
    recorder: web::Data<Recorder>,
}

impl Bench {
    /// Both queues exist and are empty.
    pub async fn new() -> Self {
        let broker = TestBroker::from_env().await.unwrap();
        for queue in [TRAINING, GENERATION] {
            broker.delete(queue).await.unwrap();
            broker.purge(queue).await.unwrap();
        }
        let (recorder, api) = start();
        Self {
            proxy: CuttableProxy::start(broker.target()).await.unwrap(),
            broker,
            storage: filled(),
            api,
            recorder,
        }
    }

    pub fn start(&self) -> BrokerWorker {
        let url = self.broker.url_through(self.proxy.addr()).unwrap();
        BrokerWorker::start(&url.into(), worker(&self.storage))
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

    /// How often the webhook at `path` was called.
    pub fn count_of(&self, path: &str) -> usize {
        let calls = self.recorder.calls();
        calls.iter().filter(|(_, called, _)| called == path).count()
    }

    /// Waits until the webhook at `path` was called `n` times.
    pub async fn called(&self, path: &str, n: usize) {
        wait(path, async || self.count_of(path) >= n).await;
    }

    /// Waits until the images of `n` tasks were asked for.
    pub async fn begun(&self, n: usize) {
        wait("a task to begin", async || self.storage.reads() >= n).await;
    }

    /// Waits until `queue` exists.
    pub async fn exists(&self, queue: &str) {
        wait(queue, async || self.broker.count(queue).await.is_ok()).await;
    }

    /// Waits until the proxy turns connections away.
    pub async fn refused(&self) {
        wait("the proxy to refuse", async || {
            let mut probe = TcpStream::connect(self.proxy.addr()).await.unwrap();
            !matches!(probe.read(&mut [0]).await, Ok(1..))
        })
        .await;
    }

    /// What is still in `queue`. Only after the worker was stopped: what it did not acknowledge is back then.
    pub async fn left(&self, queue: &str) -> Vec<Vec<u8>> {
        let left = self.broker.take(queue, 10, QUIET).await.unwrap();
        left.into_iter().map(|message| message.body).collect()
    }
}

async fn wait(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    let until = Instant::now() + DEADLINE;
    while !happened().await {
        assert!(Instant::now() < until, "waited in vain for {what}");
        sleep(Duration::from_millis(10)).await;
    }
}
