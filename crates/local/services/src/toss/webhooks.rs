//! Webhooks to the shop. As with Toss, they are unsigned, have no guaranteed order, and are retried until the response
//! is 200.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use actix_web::rt;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;

use super::clock::korean_time;
use crate::server::lock;

const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) struct Webhooks {
    outgoing: UnboundedSender<Value>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
pub(super) struct Memory {
    pub(super) url: Option<String>,
    pub(super) holding: bool,
    pub(super) held: Vec<Value>,
    pub(super) sent: Vec<Value>,
}

impl Webhooks {
    /// Also returns the receiver of the events that [`deliver`] sends.
    pub(super) fn new(url: Option<String>) -> (Self, UnboundedReceiver<Value>) {
        let (outgoing, incoming) = unbounded_channel();
        let memory = Mutex::new(Memory {
            url,
            ..Memory::default()
        });
        (Self { outgoing, memory }, incoming)
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        lock(&self.memory)
    }

    pub(super) fn send(&self, event: Value) {
        let mut memory = self.memory();
        if memory.holding {
            memory.held.push(event);
        } else if memory.url.is_some() {
            // Fails only while the server stops.
            let _ = self.outgoing.send(event);
        }
    }
}

pub(super) fn event(payment: &Value, at: DateTime<Utc>) -> Value {
    json!({"eventType": "PAYMENT_STATUS_CHANGED", "createdAt": korean_time(at), "data": payment})
}

/// Sends each event and retries it after each of `backoffs` until the response is 200.
pub(super) async fn deliver(
    mut incoming: UnboundedReceiver<Value>,
    webhooks: Arc<Webhooks>,
    backoffs: Vec<Duration>,
) {
    let Ok(http) = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build() else {
        return tracing::error!("the local payment provider cannot send webhooks");
    };
    while let Some(event) = incoming.recv().await {
        if attempt(&http, &webhooks, &event).await {
            continue;
        }
        let (http, webhooks, backoffs) = (http.clone(), Arc::clone(&webhooks), backoffs.clone());
        rt::spawn(async move {
            for backoff in backoffs {
                sleep(backoff).await;
                if attempt(&http, &webhooks, &event).await {
                    return;
                }
            }
            tracing::warn!("the local payment provider gives up sending a webhook");
        });
    }
}

/// Returns whether the response was 200.
async fn attempt(http: &reqwest::Client, webhooks: &Webhooks, event: &Value) -> bool {
    let Some(url) = webhooks.memory().url.clone() else {
        return true;
    };
    let accepted = match http.post(url).json(event).send().await {
        Ok(response) => response.status() == reqwest::StatusCode::OK,
        Err(_) => false,
    };
    if accepted {
        webhooks.memory().sent.push(event.clone());
    }
    accepted
}
