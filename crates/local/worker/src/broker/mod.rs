//! The demo worker at a real broker: with RabbitMQ in place of the queue in process it consumes tasks as the
//! GPU workers do, and acknowledges one only when it is done.
//!
//! A task is done at least once. When the connection is lost in the middle of one, the work on it here is dropped and
//! the broker delivers it again.

mod link;

use std::sync::Arc;
use std::time::Duration;

use adapter_rabbitmq::Settings;
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use self::link::{Link, Lost};
use crate::DemoWorker;

/// How long stopping may take altogether: longer than a task under way is given, so that it can still be
/// acknowledged.
const SHUTDOWN: Duration = Duration::from_secs(8);
/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Seconds between heartbeats.
const HEARTBEAT: u16 = 10;

/// A demo worker that consumes tasks from RabbitMQ in the background. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct BrokerWorker {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl BrokerWorker {
    /// Lets `worker` consume both queues of the broker at `amqp_url` (see [`Settings::from_url`]). Connects in the
    /// background, for as long as it takes and again whenever the connection is lost. An address that can never work
    /// is logged as an error. Needs a Tokio runtime.
    pub fn start(amqp_url: &SecretString, worker: DemoWorker) -> Self {
        let (stop, stopping) = watch::channel(false);
        let running = match Settings::from_url(amqp_url) {
            Ok(mut settings) => {
                settings.heartbeat = HEARTBEAT;
                tokio::spawn(run(settings, Arc::new(worker), stopping))
            }
            Err(error) => {
                tracing::error!(%error, "the demo worker cannot consume from the broker");
                tokio::spawn(async {})
            }
        };
        Self { stop, running }
    }

    /// Takes no more tasks. A task under way is finished if that takes a few seconds; otherwise it goes back to its
    /// queue.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if timeout(SHUTDOWN, &mut self.running).await.is_err() {
            tracing::warn!("the demo worker's connection to the broker was not closed in time");
            self.running.abort();
        }
    }
}

/// Consumes, and connects again after every loss, until stopped.
async fn run(settings: Settings, worker: Arc<DemoWorker>, mut stopping: watch::Receiver<bool>) {
    let broker = settings.place();
    let mut pause = settings.timeouts.first_pause;
    loop {
        match Link::open(&settings).await {
            Ok(mut link) => {
                tracing::info!(broker, "the demo worker consumes from the broker");
                pause = settings.timeouts.first_pause;
                let ended = link.work(&worker, &stopping).await;
                link.close().await;
                let Err(Lost) = ended else {
                    return;
                };
                tracing::warn!("the demo worker has lost the broker");
            }
            Err(reason) => {
                tracing::warn!(broker, reason, ?pause, "the demo worker cannot reach the broker");
            }
        }
        tokio::select! {
            () = stopped(&mut stopping) => return,
            () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
        }
    }
}

/// Waits for the stop, or for the end of whoever could give it.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}
