//! A platform whose broker is behind a proxy, and helpers for tests with workers.

use std::path::PathBuf;

use domain::{
    ObjectAddress,
    object::{ObjectBody, ObjectStorage},
};
use serde_json::{Value, json};
use testkit::{
    broker::{ReceivedMessage, TestBroker},
    client::Client,
    proxy::FaultyProxy,
};
use tokio::time::{Duration, Instant, sleep};

use super::{
    Platform, TIMEOUT,
    process::{Server, free_port},
    python::PythonWorker,
    query_number,
};

/// Queue of training tasks.
pub const TRAINING: &str = "model_training";

/// Queue of generation tasks.
pub const GENERATION: &str = "image_generation";

/// A platform whose server connects to the broker through a proxy. Workers connect directly.
pub struct BrokerFixture {
    // Dropped in this order, so that the server stops before the next test gets the broker.
    pub platform: Platform,
    pub proxy: FaultyProxy,
    pub broker: TestBroker,
}

impl BrokerFixture {
    /// Waits for the broker, deletes its messages and starts a platform with additional settings.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let broker = TestBroker::from_env().await.expect("a broker");
        for queue in [TRAINING, GENERATION] {
            // A purge would keep messages that a dead worker has not acknowledged.
            broker.delete(queue).await.expect("the queue is deleted");
            broker.declare(queue, &[]).await.expect("a queue");
        }
        let proxy = FaultyProxy::start(broker.target()).await.expect("a proxy");
        let url = broker.url_through(proxy.addr()).expect("the proxy's address");
        let mut all = vec![("AMQP_URL", url.as_str())];
        all.extend_from_slice(settings);
        let platform = Platform::with(&all).await;
        Self {
            platform,
            proxy,
            broker,
        }
    }

    /// Starts the Python worker.
    pub async fn worker(&self, arguments: &[&str]) -> PythonWorker {
        PythonWorker::start(&self.platform, &self.broker.url(), arguments).await
    }

    /// Takes the next generation task. Panics after `limit`.
    pub async fn next_task(&self, limit: Duration) -> (ReceivedMessage, Value) {
        let taken = self
            .broker
            .take(GENERATION, 1, limit)
            .await
            .expect("the queue answers");
        let message = taken.into_iter().next().expect("a task");
        let task = serde_json::from_slice(&message.body).expect("a task is JSON");
        (message, task)
    }

    /// Number of generation tasks in the queue.
    pub async fn waiting_tasks(&self) -> u32 {
        self.broker.count(GENERATION).await.expect("the queue answers")
    }

    /// Waits until `n` generation tasks are in the queue.
    pub async fn until_waiting(&self, n: u32) {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let waiting = self.waiting_tasks().await;
            if waiting == n {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "expected {n} queued tasks, found {waiting}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Platform {
    /// As [`Platform::trained_style`], with a stored model.
    pub async fn usable_style(&self, cost: i64) -> (Client, i64) {
        let (artist, style) = self.trained_style(cost).await;
        self.store_model(style).await;
        (artist, style)
    }

    /// Stores an empty safetensors model at the key of training workers.
    pub async fn store_model(&self, style: i64) {
        let key = format!("models/style-{style}/adapter_model.safetensors");
        let mut model = 2_u64.to_le_bytes().to_vec();
        model.extend_from_slice(b"{}");
        self.put(
            &self.storage.private_bucket,
            &key,
            model,
            "application/octet-stream",
        )
        .await;
    }

    /// Stores an object. Returns the path of its file.
    pub async fn put(&self, bucket: &str, key: &str, bytes: Vec<u8>, content_type: &str) -> PathBuf {
        let storage = self.storage.storage().expect("a storage client");
        let address = ObjectAddress::new(bucket, key);
        storage
            .put(&address, ObjectBody::Bytes(bytes.into()), content_type)
            .await
            .expect("the object is stored");
        self.storage.bucket_folder(bucket).join(key)
    }

    /// URI of the model.
    pub fn model_path(&self, style: i64) -> String {
        format!(
            "s3://{}/models/style-{style}/adapter_model.safetensors",
            self.storage.private_bucket
        )
    }

    /// A completion report.
    pub fn training_report(&self, style: i64) -> Value {
        json!({"style_id": style, "model_path": self.model_path(style)})
    }

    /// Waits until `generation` has this status. Returns it as its owner sees it.
    pub async fn until(&self, owner: &Client, generation: i64, status: &str) -> Value {
        let path = format!("/api/generations/{generation}");
        owner.poll(&path, TIMEOUT, |seen| seen["status"] == status).await
    }

    /// Waits until the training of `style` has this status. Returns the style as its artist sees it.
    pub async fn until_trained(&self, artist: &Client, style: i64, status: &str) -> Value {
        let path = format!("/api/styles/{style}");
        artist
            .poll(&path, TIMEOUT, |seen| seen["training_status"] == status)
            .await
    }

    pub async fn until_earned(&self, artist: &Client, earned: i64) {
        artist
            .poll("/api/tokens/balance", TIMEOUT, |seen| {
                seen["artist_earned_balance"] == earned
            })
            .await;
    }

    /// Waits until column `n` of a query is `expected`.
    pub async fn until_count(&self, sql: &str, expected: i64) {
        let db = self.connection().await;
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let found = query_number(&db, sql).await;
            if found == expected {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{sql}: expected {expected}, found {found}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until all due outbox messages are published.
    pub async fn until_sent(&self) {
        self.until_count(
            "SELECT count(*) AS n FROM outbox_messages WHERE available_at <= now()",
            0,
        )
        .await;
    }

    /// Starts a second server on the same database. Returns it with its URL.
    pub async fn another_server(&self) -> (Server, String) {
        let port = free_port();
        let mut environment = self.environment.clone();
        environment.retain(|(name, _)| name != "BIND_ADDR");
        environment.push(("BIND_ADDR".to_owned(), format!("127.0.0.1:{port}")));
        let base = format!("http://localhost:{port}");
        (Server::start(&environment, &base).await, base)
    }
}

/// Asserts the available and the held tokens.
pub async fn assert_tokens(user: &Client, available: i64, held: i64) {
    let balance = user.get("/api/tokens/balance").await.data(200);
    assert_eq!(
        (&balance["token_balance"], &balance["held_tokens"]),
        (&json!(available), &json!(held))
    );
}
