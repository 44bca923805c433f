//! The other side of the broker: what a worker would find in a queue.

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

/// How long an empty queue is left alone before it is asked again.
const PAUSE: Duration = Duration::from_millis(10);

/// A message as a worker would see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenMessage {
    /// The task's id.
    pub message_id: Option<String>,
    /// JSON.
    pub body: Vec<u8>,
    /// Whether it survives a restart of the broker.
    pub persistent: bool,
    /// What the body is.
    pub content_type: Option<String>,
    /// The names of its headers.
    pub headers: Vec<String>,
}

/// The broker of `AMQP_URL`. The queues' names are fixed, so that only one test at a time may have it, whatever
/// process it runs in: whoever holds this value has the broker for himself.
pub struct TestBroker {
    url: Url,
    connection: Connection,
    _turn: File,
}

impl TestBroker {
    /// Waits for its turn and connects.
    ///
    /// # Errors
    /// `AMQP_URL` is missing or the broker does not answer: a test must fail then.
    pub async fn from_env() -> Result<Self> {
        let url = std::env::var("AMQP_URL")
            .context("AMQP_URL must name a RabbitMQ for the tests; `cargo xtask test` sets it")?;
        let turn = tokio::task::spawn_blocking(turn).await??;
        let arguments = OpenConnectionArguments::try_from(url.as_str())?;
        let connection = Connection::open(&arguments)
            .await
            .context("the broker of AMQP_URL must answer")?;
        Ok(Self {
            url: Url::parse(&url)?,
            connection,
            _turn: turn,
        })
    }

    /// The broker's address, for the code under test.
    pub fn url(&self) -> String {
        self.url.to_string()
    }

    /// `host:port` of the broker, for a proxy.
    pub fn target(&self) -> String {
        let host = self.url.host_str().unwrap_or("localhost");
        format!("{host}:{}", self.url.port().unwrap_or(5672))
    }

    /// The broker's address with another host and port: those of a proxy.
    ///
    /// # Errors
    /// `AMQP_URL` names no host.
    pub fn url_through(&self, proxy: std::net::SocketAddr) -> Result<String> {
        let mut url = self.url.clone();
        url.set_host(Some(&proxy.ip().to_string()))?;
        url.set_port(Some(proxy.port()))
            .ok()
            .context("AMQP_URL takes no port")?;
        Ok(url.to_string())
    }

    /// Declares a durable queue as the workers do, with nothing but `arguments` added (a number each).
    ///
    /// # Errors
    /// It exists and was declared otherwise (406).
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

    /// Leaves `queue` empty, declaring it if there is none.
    ///
    /// # Errors
    /// It exists and was declared otherwise, or the broker is gone.
    pub async fn purge(&self, queue: &str) -> Result<()> {
        self.declare(queue, &[]).await?;
        self.channel()
            .await?
            .queue_purge(QueuePurgeArguments::new(queue))
            .await?;
        Ok(())
    }

    /// Deletes `queue` with all that is in it.
    ///
    /// # Errors
    /// The broker is gone.
    pub async fn delete(&self, queue: &str) -> Result<()> {
        self.channel()
            .await?
            .queue_delete(QueueDeleteArguments::new(queue))
            .await?;
        Ok(())
    }

    /// How many messages wait in `queue`.
    ///
    /// # Errors
    /// There is no such queue.
    pub async fn count(&self, queue: &str) -> Result<u32> {
        let look = QueueDeclareArguments::new(queue).passive(true).finish();
        let found = self.channel().await?.queue_declare(look).await?;
        Ok(found.context("the broker must answer a declaration")?.1)
    }

    /// Takes up to `n` messages out of `queue`, in order. Fewer when no more have come before the deadline, so ask for
    /// one more than expected to see that there are no others.
    ///
    /// # Errors
    /// There is no such queue.
    pub async fn take(&self, queue: &str, n: usize, deadline: Duration) -> Result<Vec<TakenMessage>> {
        let until = Instant::now() + deadline;
        let channel = self.channel().await?;
        let get = BasicGetArguments::new(queue).no_ack(true).finish();
        let mut taken = Vec::new();
        while taken.len() < n {
            match channel.basic_get(get.clone()).await? {
                Some((_, properties, body)) => taken.push(taken_message(&properties, body)),
                None if Instant::now() >= until => break,
                None => sleep(PAUSE).await,
            }
        }
        Ok(taken)
    }

    /// A channel of its own for each request: a refusal ends the channel.
    async fn channel(&self) -> Result<Channel> {
        Ok(self.connection.open_channel(None).await?)
    }
}

fn taken_message(properties: &BasicProperties, body: Vec<u8>) -> TakenMessage {
    let headers = properties.headers().map(AsRef::as_ref);
    TakenMessage {
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

/// Waits until no other test has the broker. The lock ends with the file, also when the test fails.
fn turn() -> Result<File> {
    let path = std::env::temp_dir().join("stylelicense-test-broker.lock");
    let file = File::options().create(true).append(true).open(&path);
    let file = file.with_context(|| format!("opening {}", path.display()))?;
    file.lock().context("waiting for the broker")?;
    Ok(file)
}
