//! The demo worker as a RabbitMQ consumer. Like the GPU workers, it acknowledges a task after finishing it.
//!
//! Delivery is at least once. If the connection is lost during a task, the task is canceled and the broker redelivers it.

mod connection;

use std::sync::Arc;
use std::time::Duration;

use adapter_rabbitmq::Settings;
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use self::connection::{BrokerConnection, ConnectionLost};
use crate::DemoWorker;

/// Timeout for the whole shutdown. Longer than the drain timeout, so that a finished task is still acknowledged.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(8);
const MAX_BACKOFF: Duration = Duration::from_secs(10);
const HEARTBEAT_SECONDS: u16 = 10;

/// A demo worker that consumes tasks from RabbitMQ in the background.
#[derive(Debug)]
pub struct BrokerWorker {
    shutdown: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl BrokerWorker {
    /// Starts `worker` as a consumer of both queues of the broker at `amqp_url` (see [`Settings::from_url`]). Connects and
    /// reconnects in the background. An invalid URL is logged as an error. Requires a Tokio runtime.
    pub fn start(amqp_url: &SecretString, worker: DemoWorker) -> Self {
        let (shutdown, receiver) = watch::channel(false);
        let task = match Settings::from_url(amqp_url) {
            Ok(mut settings) => {
                settings.heartbeat = HEARTBEAT_SECONDS;
                tokio::spawn(run(settings, Arc::new(worker), receiver))
            }
            Err(error) => {
                tracing::error!(%error, "the demo worker cannot consume from the broker");
                tokio::spawn(async {})
            }
        };
        Self { shutdown, task }
    }

    /// Graceful shutdown: takes no more tasks. The current task is finished within a few seconds or requeued.
    pub async fn stop(mut self) {
        self.shutdown.send_replace(true);
        if timeout(SHUTDOWN_TIMEOUT, &mut self.task).await.is_err() {
            tracing::warn!("timeout while closing the demo worker's connection to the broker");
            self.task.abort();
        }
    }
}

/// Consumes until shutdown. Reconnects with exponential backoff.
async fn run(settings: Settings, worker: Arc<DemoWorker>, mut shutdown: watch::Receiver<bool>) {
    let broker = settings.place();
    let mut backoff = settings.timeouts.initial_backoff;
    loop {
        match BrokerConnection::open(&settings).await {
            Ok(mut connection) => {
                tracing::info!(broker, "the demo worker consumes from the broker");
                backoff = settings.timeouts.initial_backoff;
                let result = connection.consume(&worker, &shutdown).await;
                connection.close().await;
                let Err(ConnectionLost) = result else {
                    return;
                };
                tracing::warn!("the demo worker lost the connection to the broker");
            }
            Err(reason) => {
                tracing::warn!(
                    broker,
                    reason,
                    ?backoff,
                    "the demo worker cannot connect to the broker"
                );
            }
        }
        tokio::select! {
            () = wait_for_shutdown(&mut shutdown) => return,
            () = sleep(backoff) => backoff = (backoff * 2).min(MAX_BACKOFF),
        }
    }
}

/// Also returns if the sender is dropped.
async fn wait_for_shutdown(shutdown: &mut watch::Receiver<bool>) {
    let _ = shutdown.wait_for(|requested| *requested).await;
}
