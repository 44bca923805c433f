//! The demo worker at a real broker: with RabbitMQ in place of the queue in process it takes its tasks as the
//! GPU workers do, and acknowledges one only when it is done.
//!
//! A task is done at least once. When the connection is lost in the middle of one, the broker gives it to
//! whoever asks next, and the work on it here is dropped.

mod address;
mod link;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use self::address::Address;
use self::link::{Link, Lost};
use crate::DemoWorker;

/// Pause after the first failed attempt to reach the broker; doubled by each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long stopping may take altogether: longer than a task under way is given, so that it can still be
/// acknowledged.
const SHUTDOWN: Duration = Duration::from_secs(8);

/// A demo worker that takes its tasks from RabbitMQ, in the background. Dropped, it ends as if stopped, but
/// nobody waits for it.
#[derive(Debug)]
pub struct BrokerWorker {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl BrokerWorker {
    /// Lets `worker` work off both queues of the broker at `amqp_url`
    /// (`amqp://user:password@host:port/vhost`, with `%2F` for a `/` inside). Connects in the background, for as
    /// long as it takes and again whenever the connection is lost. An address that can never work is logged as
    /// an error, and nothing is done. Needs a Tokio runtime.
    pub fn start(amqp_url: &SecretString, worker: DemoWorker) -> Self {
        let (stop, stopping) = watch::channel(false);
        let running = match Address::parse(amqp_url) {
            Ok(address) => tokio::spawn(run(address, Arc::new(worker), stopping)),
            Err(error) => {
                tracing::error!(%error, "the demo worker cannot take its tasks from the broker");
                tokio::spawn(async {})
            }
        };
        Self { stop, running }
    }

    /// Takes no more tasks. A task under way is finished if that takes a few seconds; else it goes back to its
    /// queue.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if timeout(SHUTDOWN, &mut self.running).await.is_err() {
            tracing::warn!("the broker does not let the demo worker go; leaving without a farewell");
            self.running.abort();
        }
    }
}

/// Works, and connects again after every loss, until told to stop.
async fn run(address: Address, worker: Arc<DemoWorker>, mut stopping: watch::Receiver<bool>) {
    let mut pause = FIRST_PAUSE;
    loop {
        match Link::open(&address).await {
            Ok(mut link) => {
                tracing::info!(broker = %address, "the demo worker takes its tasks from the broker");
                pause = FIRST_PAUSE;
                let ended = link.work(&worker, &stopping).await;
                link.close().await;
                let Err(Lost) = ended else {
                    return;
                };
                tracing::warn!("the demo worker has lost the broker");
            }
            Err(reason) => {
                tracing::warn!(broker = %address, reason, ?pause, "the demo worker cannot reach the broker");
            }
        }
        tokio::select! {
            () = stopped(&mut stopping) => return,
            () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
        }
    }
}

/// Waits for the word to stop; that nobody is left to say it means the same.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}
