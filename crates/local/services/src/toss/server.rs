//! Starting, controlling and stopping the provider.

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

use super::book::Book;
use super::clock::Clock;
use super::fault::{Call, InjectedFault};
use super::serve::serve;
use super::state::{self, Memory, State};
use super::webhooks::{self, Webhooks};
use super::{api, checkout};
use crate::StartError;
use crate::server::{Running, listen, run};

/// How often it looks for overdue payments.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct LocalTossOptions {
    /// The loopback port; 0 takes a free one.
    pub port: u16,
    /// The shop's secret key.
    pub secret_key: SecretString,
    /// Where events are sent; `None`: nowhere.
    pub webhook_url: Option<String>,
    /// The pauses before an event is sent again that was not answered 200.
    pub webhook_pauses: Vec<Duration>,
    /// How long a buyer has to agree.
    pub payment_window: Duration,
    /// How long the shop has to confirm after that.
    pub confirm_window: Duration,
    /// A file that keeps the payments between runs; `None`: they end with the provider.
    pub file: Option<PathBuf>,
}

impl LocalTossOptions {
    /// Toss's deadlines, a free port, no webhooks and no file.
    pub fn new(secret_key: SecretString) -> Self {
        Self {
            port: 0,
            secret_key,
            webhook_url: None,
            webhook_pauses: [1, 4, 16].map(Duration::from_secs).to_vec(),
            payment_window: Duration::from_mins(30),
            confirm_window: Duration::from_mins(10),
            file: None,
        }
    }
}

/// A running provider. It ends when this value is dropped.
pub struct LocalToss {
    state: web::Data<State>,
    server: Running,
}

impl LocalToss {
    /// Reads the payments of earlier runs, starts listening on the loopback address and returns at once.
    pub fn start(mut options: LocalTossOptions) -> Result<Self, StartError> {
        let book = match &options.file {
            Some(path) => state::load(path).map_err(|error| StartError::path(path, error))?,
            None => Book::default(),
        };
        let (listener, port) = listen(options.port)?;
        let (webhooks, events) = Webhooks::new(options.webhook_url.take());
        let state = web::Data::new(State {
            base_url: format!("http://localhost:{port}"),
            clock: Clock::default(),
            webhooks: Arc::new(webhooks),
            options,
            memory: Mutex::new(Memory {
                book,
                ..Memory::default()
            }),
        });
        let (routed, shared) = (state.clone(), state.clone());
        let server = run(
            "local-toss",
            listener,
            move |config: &mut web::ServiceConfig| routes(config, &routed),
            move || work_in_background(shared, events),
        )?;
        Ok(Self { state, server })
    }

    /// The address of its API, `http://localhost:8003`.
    pub fn base_url(&self) -> &str {
        &self.state.base_url
    }

    /// Injects a fault into the next call of this kind; several are queued.
    pub fn fail_next(&self, call: Call, fault: InjectedFault) {
        let mut memory = self.state.memory();
        memory.next_faults.entry(call).or_default().push_back(fault);
    }

    /// Injects a fault into every call of this kind from now on; `None` ends it.
    pub fn fail_always(&self, call: Call, fault: Option<InjectedFault>) {
        let mut memory = self.state.memory();
        match fault {
            Some(fault) => memory.lasting_faults.insert(call, fault),
            None => memory.lasting_faults.remove(&call),
        };
    }

    /// How often this was called, authorized or not.
    pub fn calls(&self, call: Call) -> usize {
        self.state.memory().calls.get(&call).copied().unwrap_or_default()
    }

    /// Sets its clock forward, by whole seconds, and expires overdue payments.
    pub fn advance(&self, by: Duration) {
        self.state.clock.advance(by);
        self.state.change(|_, _| ());
    }

    /// A payment as the API shows it.
    pub fn payment(&self, payment_key: &str) -> Option<Value> {
        let payment = self.state.with_book(|book, _| book.payment(payment_key).cloned());
        payment.ok().map(|payment| self.state.shown(&payment))
    }

    /// Refunds `amount`, or all that is left, as the shop's owner does on Toss's own pages. The error is Toss's code.
    pub fn cancel(&self, payment_key: &str, amount: Option<i64>) -> Result<Value, String> {
        let canceled = self
            .state
            .change(|book, now| book.cancel(payment_key, amount, "by the shop's owner", now));
        canceled
            .map(|payment| self.state.shown(&payment))
            .map_err(|refusal| refusal.code)
    }

    /// Sends events to another address from now on.
    pub fn set_webhook_url(&self, url: Option<String>) {
        self.state.webhooks.memory().url = url;
    }

    pub fn webhook_url(&self) -> Option<String> {
        self.state.webhooks.memory().url.clone()
    }

    /// Whether events are held back from now on, for [`Self::take_held_webhooks`].
    pub fn hold_webhooks(&self, hold: bool) {
        self.state.webhooks.memory().holding = hold;
    }

    /// The bodies of the events held back, oldest first: to be sent twice, late, in another order, or changed.
    pub fn take_held_webhooks(&self) -> Vec<Value> {
        mem::take(&mut self.state.webhooks.memory().held)
    }

    /// The bodies of the events that were answered 200.
    pub fn sent_webhooks(&self) -> Vec<Value> {
        self.state.webhooks.memory().sent.clone()
    }

    /// The body of an event that says that this payment has this status, true or not; `None` when there is no such
    /// payment.
    pub fn event(&self, payment_key: &str, status: PaymentStatus) -> Option<Value> {
        let mut payment = self.payment(payment_key)?;
        payment["status"] = json!(status.as_str());
        Some(webhooks::event(&payment, self.state.clock.now()))
    }

    /// Stops accepting, lets requests in flight end and returns when the port is free.
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

/// Sends events and expires payments, as long as the event loop runs.
fn work_in_background(state: web::Data<State>, events: UnboundedReceiver<Value>) {
    let pauses = state.options.webhook_pauses.clone();
    rt::spawn(webhooks::deliver(events, Arc::clone(&state.webhooks), pauses));
    rt::spawn(async move {
        let mut rounds = interval(EXPIRY_INTERVAL);
        loop {
            rounds.tick().await;
            state.with_book(|_, _| ());
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
