//! Access to the broker from the side of the workers.

use std::fs::File;
use std::time::Duration;

use amqprs::channel::{
    BasicGetArguments, Channel, QueueDeclareArguments, QueueDeleteArguments, QueuePurgeArguments,
};
use amqprs::connection::{Connection, OpenConnectionArguments};
use amqprs::{BasicProperties, DELIVERY_MODE_PERSISTENT, FieldTable, FieldValue};
use anyhow::{Context, Result};
use tokio::time::{Instant, sleep};
use url::Url;

/// Interval between two reads of an empty queue.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// A message as a worker receives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMessage {
    pub message_id: Option<String>,
    pub body: Vec<u8>,
    pub persistent: bool,
    pub content_type: Option<String>,
    /// Names of the headers.
    pub headers: Vec<String>,
}

/// The broker of `AMQP_URL`. Queue names are fixed, so this value holds a lock: only one test of all processes uses the
/// broker at a time.
pub struct TestBroker {
    url: Url,
    connection: Connection,
    _lock: File,
}

impl TestBroker {
    /// Waits for the lock and connects.
    pub async fn from_env() -> Result<Self> {
        let url = std::env::var("AMQP_URL")
            .context("AMQP_URL must name a RabbitMQ for the tests; `cargo xtask test` sets it")?;
        let lock = tokio::task::spawn_blocking(lock).await??;
        let arguments = OpenConnectionArguments::try_from(url.as_str())?;
        let connection = Connection::open(&arguments)
            .await
            .context("the broker of AMQP_URL must answer")?;
        Ok(Self {
            url: Url::parse(&url)?,
            connection,
            _lock: lock,
        })
    }

    pub fn url(&self) -> String {
        self.url.to_string()
    }

    /// `host:port` of the broker, for a proxy.
    pub fn target(&self) -> String {
        let host = self.url.host_str().unwrap_or("localhost");
        format!("{host}:{}", self.url.port().unwrap_or(5672))
    }

    /// The URL of the broker through a proxy.
    pub fn url_through(&self, proxy: std::net::SocketAddr) -> Result<String> {
        let mut url = self.url.clone();
        url.set_host(Some(&proxy.ip().to_string()))?;
        url.set_port(Some(proxy.port()))
            .ok()
            .context("AMQP_URL cannot have a port")?;
        Ok(url.to_string())
    }

    /// Declares a durable queue as workers do, with `arguments`.
    pub async fn declare(&self, queue: &str, arguments: &[(&str, i64)]) -> Result<()> {
        let mut table = FieldTable::new();
        for (name, value) in arguments {
            table.insert((*name).try_into()?, FieldValue::l(*value));
        }
        let declare = QueueDeclareArguments::durable_client_named(queue)
            .arguments(table)
            .finish();
        self.channel().await?.queue_declare(declare).await?;
        Ok(())
    }

    /// Declares and purges `queue`.
    pub async fn purge(&self, queue: &str) -> Result<()> {
        self.declare(queue, &[]).await?;
        self.channel()
            .await?
            .queue_purge(QueuePurgeArguments::new(queue))
            .await?;
        Ok(())
    }

    /// Deletes `queue` with its messages.
    pub async fn delete(&self, queue: &str) -> Result<()> {
        self.channel()
            .await?
            .queue_delete(QueueDeleteArguments::new(queue))
            .await?;
        Ok(())
    }

    /// Number of ready messages in `queue`.
    pub async fn count(&self, queue: &str) -> Result<u32> {
        let passive = QueueDeclareArguments::new(queue).passive(true).finish();
        let declared = self.channel().await?.queue_declare(passive).await?;
        Ok(declared.context("the broker must answer a declaration")?.1)
    }

    /// Takes up to `n` messages from `queue`, in order; fewer when no more arrive before the deadline. Ask for one more
    /// than expected to see that there are no others.
    pub async fn take(&self, queue: &str, n: usize, deadline: Duration) -> Result<Vec<ReceivedMessage>> {
        let until = Instant::now() + deadline;
        let channel = self.channel().await?;
        let get = BasicGetArguments::new(queue).no_ack(true).finish();
        let mut messages = Vec::new();
        while messages.len() < n {
            match channel.basic_get(get.clone()).await? {
                Some((_, properties, body)) => messages.push(received_message(&properties, body)),
                None if Instant::now() >= until => break,
                None => sleep(POLL_INTERVAL).await,
            }
        }
        Ok(messages)
    }

    /// A new channel for each call, because an error closes the channel.
    async fn channel(&self) -> Result<Channel> {
        Ok(self.connection.open_channel(None).await?)
    }
}

fn received_message(properties: &BasicProperties, body: Vec<u8>) -> ReceivedMessage {
    let headers = properties.headers().map(AsRef::as_ref);
    ReceivedMessage {
        message_id: properties.message_id().cloned(),
        body,
        persistent: properties.delivery_mode() == Some(DELIVERY_MODE_PERSISTENT),
        content_type: properties.content_type().cloned(),
        headers: headers
            .into_iter()
            .flatten()
            .map(|(name, _)| name.to_string())
            .collect(),
    }
}

/// Waits for the lock. It is released when the file is closed, also when the test fails.
fn lock() -> Result<File> {
    let path = std::env::temp_dir().join("stylelicense-test-broker.lock");
    let file = File::options().create(true).append(true).open(&path);
    let file = file.with_context(|| format!("opening {}", path.display()))?;
    file.lock().context("locking the broker")?;
    Ok(file)
}
