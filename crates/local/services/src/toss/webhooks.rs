//! Telling the shop what happened to a payment. Like Toss: unsigned, in no promised order, again when not answered 200.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::rt;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;

use super::clock::korean;

/// How long the shop may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Events on their way to the shop.
pub(super) struct Webhooks {
    outgoing: UnboundedSender<Value>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    url: Option<String>,
    holding: bool,
    held: Vec<Value>,
    sent: Vec<Value>,
}

impl Webhooks {
    /// Events for `url`, and where they come out to be sent by [`deliver`].
    pub(super) fn new(url: Option<String>) -> (Self, UnboundedReceiver<Value>) {
        let (outgoing, incoming) = unbounded_channel();
        let memory = Mutex::new(Memory {
            url,
            ..Memory::default()
        });
        (Self { outgoing, memory }, incoming)
    }

    /// Nothing in here is left half-done by a panic.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn url(&self) -> Option<String> {
        self.memory().url.clone()
    }

    pub(super) fn set_url(&self, url: Option<String>) {
        self.memory().url = url;
    }

    pub(super) fn hold(&self, hold: bool) {
        self.memory().holding = hold;
    }

    pub(super) fn take_held(&self) -> Vec<Value> {
        std::mem::take(&mut self.memory().held)
    }

    pub(super) fn sent(&self) -> Vec<Value> {
        self.memory().sent.clone()
    }

    pub(super) fn send(&self, event: Value) {
        let mut memory = self.memory();
        if memory.holding {
            memory.held.push(event);
        } else if memory.url.is_some() {
            // Nobody delivers any more when the server is about to end.
            let _ = self.outgoing.send(event);
        }
    }

    fn record(&self, event: &Value) {
        self.memory().sent.push(event.clone());
    }
}

/// The event of a payment's new status.
pub(super) fn event(payment: &Value, at: DateTime<Utc>) -> Value {
    json!({"eventType": "PAYMENT_STATUS_CHANGED", "createdAt": korean(at), "data": payment})
}

/// Sends what comes in, one by one, and what was not answered 200 again after each of `pauses`.
pub(super) async fn deliver(
    mut incoming: UnboundedReceiver<Value>,
    webhooks: Arc<Webhooks>,
    pauses: Vec<Duration>,
) {
    let Ok(http) = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build() else {
        return tracing::error!("the local payment provider cannot send webhooks");
    };
    while let Some(event) = incoming.recv().await {
        if attempt(&http, &webhooks, &event).await {
            continue;
        }
        let (http, webhooks, pauses) = (http.clone(), Arc::clone(&webhooks), pauses.clone());
        rt::spawn(async move {
            for pause in pauses {
                sleep(pause).await;
                if attempt(&http, &webhooks, &event).await {
                    return;
                }
            }
            tracing::warn!("the local payment provider gives a webhook up");
        });
    }
}

/// Whether the shop took it.
async fn attempt(http: &reqwest::Client, webhooks: &Webhooks, event: &Value) -> bool {
    let Some(url) = webhooks.url() else {
        return true;
    };
    let taken = match http.post(url).json(event).send().await {
        Ok(answer) => answer.status() == reqwest::StatusCode::OK,
        Err(_) => false,
    };
    if taken {
        webhooks.record(event);
    }
    taken
}
