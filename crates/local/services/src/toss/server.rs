//! Starts, controls and stops the provider.

use std::fmt;
use std::mem;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{rt, web};
use domain::tokens::PaymentStatus;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::interval;

use super::clock::Clock;
use super::fault::{Call, InjectedFault};
use super::serve::serve;
use super::state::{self, Memory, State};
use super::store::PaymentStore;
use super::webhooks::{self, Webhooks};
use super::{api, checkout};
use crate::StartError;
use crate::server::{Running, listen, run};

/// Interval of the check for expired payments.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct LocalTossOptions {
    /// The loopback port; 0 selects a free one.
    pub port: u16,
    pub secret_key: SecretString,
    /// `None` sends no events.
    pub webhook_url: Option<String>,
    /// The pauses before the retries of an event that was not accepted with 200.
    pub webhook_backoffs: Vec<Duration>,
    /// How long the buyer has to authorize the payment.
    pub payment_window: Duration,
    /// How long the shop has to confirm the payment afterwards.
    pub confirm_window: Duration,
    /// A file that keeps the payments between runs; `None` keeps them in memory.
    pub file: Option<PathBuf>,
}

impl LocalTossOptions {
    /// Toss's deadlines, a free port, no webhooks and no file.
    pub fn new(secret_key: SecretString) -> Self {
        Self {
            port: 0,
            secret_key,
            webhook_url: None,
            webhook_backoffs: [1, 4, 16].map(Duration::from_secs).to_vec(),
            payment_window: Duration::from_mins(30),
            confirm_window: Duration::from_mins(10),
            file: None,
        }
    }
}

/// A running provider. Dropping it stops the server.
pub struct LocalToss {
    state: web::Data<State>,
    server: Running,
}

impl LocalToss {
    /// Loads the payments of earlier runs and starts listening on the loopback address.
    pub fn start(mut options: LocalTossOptions) -> Result<Self, StartError> {
        let store = match &options.file {
            Some(path) => state::load(path).map_err(|error| StartError::path(path, error))?,
            None => PaymentStore::default(),
        };
        let (listener, port) = listen(options.port)?;
        let (webhooks, events) = Webhooks::new(options.webhook_url.take());
        let state = web::Data::new(State {
            base_url: format!("http://localhost:{port}"),
            clock: Clock::default(),
            webhooks: Arc::new(webhooks),
            options,
            memory: Mutex::new(Memory {
                store,
                ..Memory::default()
            }),
        });
        let (route_state, background_state) = (state.clone(), state.clone());
        let server = run(
            "local-toss",
            listener,
            move |config: &mut web::ServiceConfig| routes(config, &route_state),
            move || spawn_background_tasks(background_state, events),
        )?;
        Ok(Self { state, server })
    }

    /// The URL of the API, e.g. `http://localhost:8003`.
    pub fn base_url(&self) -> &str {
        &self.state.base_url
    }

    /// Injects a fault into the next call of this kind. Several faults are queued.
    pub fn fail_next(&self, call: Call, fault: InjectedFault) {
        let mut memory = self.state.memory();
        memory.next_faults.entry(call).or_default().push_back(fault);
    }

    /// Injects a fault into every call of this kind; `None` removes it.
    pub fn fail_always(&self, call: Call, fault: Option<InjectedFault>) {
        let mut memory = self.state.memory();
        match fault {
            Some(fault) => memory.lasting_faults.insert(call, fault),
            None => memory.lasting_faults.remove(&call),
        };
    }

    /// Number of calls of this kind, including unauthorized ones.
    pub fn calls(&self, call: Call) -> usize {
        self.state.memory().calls.get(&call).copied().unwrap_or_default()
    }

    /// Advances the clock by whole seconds and expires overdue payments.
    pub fn advance(&self, by: Duration) {
        self.state.clock.advance(by);
        self.state.change(|_, _| ());
    }

    /// A payment as the API returns it.
    pub fn payment(&self, payment_key: &str) -> Option<Value> {
        let payment = self
            .state
            .with_store(|store, _| store.payment(payment_key).cloned());
        payment.ok().map(|payment| self.state.payment_json(&payment))
    }

    /// Refunds `amount`, or the whole balance, as the shop's owner can do on Toss's website. The error is Toss's code.
    pub fn cancel(&self, payment_key: &str, amount: Option<i64>) -> Result<Value, String> {
        let result = self
            .state
            .change(|store, now| store.cancel(payment_key, amount, "by the shop's owner", now));
        result
            .map(|payment| self.state.payment_json(&payment))
            .map_err(|refusal| refusal.code)
    }

    /// Changes the URL for events.
    pub fn set_webhook_url(&self, url: Option<String>) {
        self.state.webhooks.memory().url = url;
    }

    pub fn webhook_url(&self) -> Option<String> {
        self.state.webhooks.memory().url.clone()
    }

    /// Holds back events for [`Self::take_held_webhooks`] instead of sending them.
    pub fn hold_webhooks(&self, hold: bool) {
        self.state.webhooks.memory().holding = hold;
    }

    /// The bodies of the events that were held back, oldest first. A test can send them repeatedly, late, in another
    /// order, or changed.
    pub fn take_held_webhooks(&self) -> Vec<Value> {
        mem::take(&mut self.state.webhooks.memory().held)
    }

    /// The bodies of the events that were accepted with 200.
    pub fn sent_webhooks(&self) -> Vec<Value> {
        self.state.webhooks.memory().sent.clone()
    }

    /// The body of an event with any status, also a wrong one; `None` when the payment does not exist.
    pub fn event(&self, payment_key: &str, status: PaymentStatus) -> Option<Value> {
        let mut payment = self.payment(payment_key)?;
        payment["status"] = json!(status.as_str());
        Some(webhooks::event(&payment, self.state.clock.now()))
    }

    /// Graceful shutdown; returns when the port is free.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

impl fmt::Debug for LocalToss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalToss")
            .field("base_url", &self.state.base_url)
            .finish_non_exhaustive()
    }
}

/// Sends events and expires payments as long as the event loop runs.
fn spawn_background_tasks(state: web::Data<State>, events: UnboundedReceiver<Value>) {
    let backoffs = state.options.webhook_backoffs.clone();
    rt::spawn(webhooks::deliver(events, Arc::clone(&state.webhooks), backoffs));
    rt::spawn(async move {
        let mut interval = interval(EXPIRY_INTERVAL);
        loop {
            interval.tick().await;
            state.with_store(|_, _| ());
        }
    });
}

fn routes(config: &mut web::ServiceConfig, state: &web::Data<State>) {
    config
        .app_data(state.clone())
        .route("/v1/payments", serve(web::post(), Call::Checkout, api::checkout))
        .route(
            "/v1/payments/confirm",
            serve(web::post(), Call::Confirm, api::confirm),
        )
        .route(
            "/v1/payments/orders/{order_id}",
            serve(web::get(), Call::Order, api::payment_of_order),
        )
        .route("/v1/payments/{key}/checkout", web::get().to(checkout::show))
        .route("/v1/payments/{key}/checkout", web::post().to(checkout::submit))
        .route(
            "/v1/payments/{key}/cancel",
            serve(web::post(), Call::Cancel, api::cancel),
        )
        .route(
            "/v1/payments/{key}",
            serve(web::get(), Call::Payment, api::payment),
        )
        .route(
            "/v1/transactions",
            serve(web::get(), Call::Transactions, api::transactions),
        )
        .default_service(web::to(api::not_found));
}
