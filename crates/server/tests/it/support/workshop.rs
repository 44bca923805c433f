//! A platform with the real broker behind a proxy that can be cut, and what tests with workers ask of it.

use std::path::PathBuf;

use domain::{
    ObjectAddress,
    object::{ObjectBody, ObjectStorage},
};
use serde_json::{Value, json};
use testkit::{
    broker::{TakenMessage, TestBroker},
    client::Client,
    proxy::CuttableProxy,
};
use tokio::time::{Duration, Instant, sleep};

use super::{
    PATIENCE, Platform, number,
    process::{Server, free_port},
    python::PythonWorker,
};

/// Queue of training tasks.
pub const TRAINING: &str = "model_training";

/// Queue of image tasks.
pub const GENERATION: &str = "image_generation";

/// A platform whose server reaches the broker through a proxy. Workers reach it directly.
pub struct Workshop {
    // The server ends before the next test gets the broker: fields are dropped in this order.
    pub platform: Platform,
    pub proxy: CuttableProxy,
    pub broker: TestBroker,
}

impl Workshop {
    /// Waits for the broker, empties it and starts a platform with further settings.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let broker = TestBroker::from_env().await.expect("a broker");
        for queue in [TRAINING, GENERATION] {
            // Deleted and not purged: messages that a dead worker held go with the queue.
            broker.delete(queue).await.expect("the queue goes");
            broker.declare(queue, &[]).await.expect("a queue");
        }
        let proxy = CuttableProxy::start(broker.target()).await.expect("a proxy");
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

    /// Takes the next image task; fails when none comes before the deadline.
    pub async fn next_task(&self, patience: Duration) -> (TakenMessage, Value) {
        let taken = self
            .broker
            .take(GENERATION, 1, patience)
            .await
            .expect("the queue answers");
        let message = taken.into_iter().next().expect("a task comes");
        let task = serde_json::from_slice(&message.body).expect("a task is JSON");
        (message, task)
    }

    /// Image tasks that wait in the queue.
    pub async fn waiting_tasks(&self) -> u32 {
        self.broker.count(GENERATION).await.expect("the queue answers")
    }

    /// Waits until `n` image tasks wait in the queue.
    pub async fn until_waiting(&self, n: u32) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let waiting = self.waiting_tasks().await;
            if waiting == n {
                return;
            }
            assert!(Instant::now() < deadline, "{n} tasks should wait, not {waiting}");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Platform {
    /// As [`Platform::trained_style`], with a model that workers can read.
    pub async fn usable_style(&self, cost: i64) -> (Client, i64) {
        let (artist, style) = self.trained_style(cost).await;
        self.store_model(style).await;
        (artist, style)
    }

    /// Stores a model where training workers do: the smallest file of its format.
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

    /// Stores an object; returns its file in the store's folder.
    pub async fn put(&self, bucket: &str, key: &str, bytes: Vec<u8>, content_type: &str) -> PathBuf {
        let storage = self.storage.storage().expect("a storage client");
        let place = ObjectAddress::new(bucket, key);
        storage
            .put(&place, ObjectBody::Bytes(bytes.into()), content_type)
            .await
            .expect("it is stored");
        self.storage.folder_of(bucket).join(key)
    }

    /// The model's address.
    pub fn model_path(&self, style: i64) -> String {
        format!(
            "s3://{}/models/style-{style}/adapter_model.safetensors",
            self.storage.private_bucket
        )
    }

    /// The report that a style is trained.
    pub fn training_report(&self, style: i64) -> Value {
        json!({"style_id": style, "model_path": self.model_path(style)})
    }

    /// Waits until `generation` is `status`; returns what its owner sees.
    pub async fn until(&self, owner: &Client, generation: i64, status: &str) -> Value {
        let path = format!("/api/generations/{generation}");
        owner.poll(&path, PATIENCE, |seen| seen["status"] == status).await
    }

    /// Waits until the training of `style` is `status`; returns what its artist sees.
    pub async fn until_trained(&self, artist: &Client, style: i64, status: &str) -> Value {
        let path = format!("/api/styles/{style}");
        artist
            .poll(&path, PATIENCE, |seen| seen["training_status"] == status)
            .await
    }

    /// Waits until the artist's earnings are `earned` tokens.
    pub async fn until_earned(&self, artist: &Client, earned: i64) {
        artist
            .poll("/api/tokens/balance", PATIENCE, |seen| {
                seen["artist_earned_balance"] == earned
            })
            .await;
    }

    /// Waits until a number read from the database is `expected`.
    pub async fn until_count(&self, sql: &str, expected: i64) {
        let db = self.connection().await;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = number(&db, sql).await;
            if found == expected {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{sql} should become {expected}, not {found}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the broker has every task that is due.
    pub async fn until_sent(&self) {
        self.until_count(
            "SELECT count(*) AS n FROM outbox_messages WHERE available_at <= now()",
            0,
        )
        .await;
    }

    /// A second server on the same database, and its address.
    pub async fn another_server(&self) -> (Server, String) {
        let port = free_port();
        let mut environment = self.environment.clone();
        environment.retain(|(name, _)| name != "BIND_ADDR");
        environment.push(("BIND_ADDR".to_owned(), format!("127.0.0.1:{port}")));
        let base = format!("http://localhost:{port}");
        (Server::start(&environment, &base).await, base)
    }
}

/// Asserts what somebody can spend and what is held.
pub async fn assert_tokens(user: &Client, available: i64, held: i64) {
    let balance = user.get("/api/tokens/balance").await.data(200);
    assert_eq!(
        (&balance["token_balance"], &balance["held_tokens"]),
        (&json!(available), &json!(held))
    );
}
