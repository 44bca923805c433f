//! Starting, steering and stopping the provider.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{rt, web};
use domain::tokens::PaymentStatus;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::interval;

use super::book::Book;
use super::fault::{Call, Fault};
use super::payment::Deadlines;
use super::state::State;
use super::webhooks::{self, Webhooks};
use super::{api, checkout, store};
use crate::server::{Running, listen, run, server};

/// How often it looks for payments that have run out of time.
const ROUND: Duration = Duration::from_secs(1);

/// Where the provider listens and how it behaves.
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
    /// A file to keep the payments in between runs; `None`: they end with the provider.
    pub file: Option<PathBuf>,
}

impl LocalTossOptions {
    /// A shop with Toss's deadlines on a free port, which is told nothing and keeps nothing.
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

/// Why the provider could not be started.
#[derive(Debug, thiserror::Error)]
pub enum LocalTossError {
    /// The port is taken.
    #[error("listening on port {port} for the local payment provider: {source}")]
    Bind {
        /// The port asked for.
        port: u16,
        /// The system's answer.
        source: io::Error,
    },
    /// The file with the payments cannot be read.
    #[error("reading the payments in {}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// No thread, or the web server did not start on it.
    #[error("starting the local payment provider's thread: {0}")]
    Thread(io::Error),
}

/// A running provider. It ends when this value is dropped.
pub struct LocalToss {
    state: web::Data<State>,
    server: Running,
}

impl LocalToss {
    /// Reads the payments of earlier runs, starts listening on the loopback address and returns at once.
    ///
    /// # Errors
    /// [`LocalTossError`] says what is wrong with the file or the port.
    pub fn start(options: LocalTossOptions) -> Result<Self, LocalTossError> {
        let book = match &options.file {
            Some(file) => store::load(file).map_err(|source| LocalTossError::File {
                file: file.clone(),
                source,
            })?,
            None => Book::default(),
        };
        let port = options.port;
        let (listener, bound) = listen(port).map_err(|source| LocalTossError::Bind { port, source })?;
        let (webhooks, events) = Webhooks::new(options.webhook_url);
        let deadlines = Deadlines {
            payment_window: options.payment_window,
            confirm_window: options.confirm_window,
        };
        let state = web::Data::new(State::new(
            format!("http://localhost:{}", bound.port()),
            options.secret_key,
            deadlines,
            options.file,
            book,
            Arc::new(webhooks),
        ));
        let (shared, pauses) = (state.clone(), options.webhook_pauses);
        let server = run("local-toss", move || {
            let state = shared.clone();
            let server = server(listener, move |config: &mut web::ServiceConfig| {
                routes(config, &state);
            })?;
            work_in_background(shared, events, pauses);
            Ok(server)
        })
        .map_err(LocalTossError::Thread)?;
        Ok(Self { state, server })
    }

    /// The address of its API, `http://localhost:8003`.
    pub fn base_url(&self) -> &str {
        &self.state.base_url
    }

    /// The next call of this kind goes wrong; several are queued.
    pub fn fail_next(&self, call: Call, fault: Fault) {
        self.state.fail_next(call, fault);
    }

    /// Every call of this kind goes wrong from now on; `None` makes it right again.
    pub fn fail_always(&self, call: Call, fault: Option<Fault>) {
        self.state.fail_always(call, fault);
    }

    /// How often this was called, authorized or not.
    pub fn calls(&self, call: Call) -> usize {
        self.state.calls(call)
    }

    /// Sets its clock forward, by whole seconds, and ends what has run out of time.
    pub fn advance(&self, by: Duration) {
        self.state.clock.advance(by);
        self.state.change(|_, _| ());
    }

    /// A payment as the API shows it.
    pub fn payment(&self, payment_key: &str) -> Option<Value> {
        let payment = self.state.with_book(|book, _| book.payment(payment_key).cloned());
        payment.ok().map(|payment| self.state.shown(&payment))
    }

    /// Gives money back, all that is left unless `amount` says how much, as a shop's owner does on Toss's own pages.
    ///
    /// # Errors
    /// Toss's code.
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
        self.state.webhooks.set_url(url);
    }

    /// Where events are sent.
    pub fn webhook_url(&self) -> Option<String> {
        self.state.webhooks.url()
    }

    /// Whether events are held back from now on, for [`Self::take_held_webhooks`].
    pub fn hold_webhooks(&self, hold: bool) {
        self.state.webhooks.hold(hold);
    }

    /// The bodies of the events held back, oldest first: to be sent twice, late, in another order, or changed.
    pub fn take_held_webhooks(&self) -> Vec<Value> {
        self.state.webhooks.take_held()
    }

    /// The bodies of the events that were answered 200.
    pub fn sent_webhooks(&self) -> Vec<Value> {
        self.state.webhooks.sent()
    }

    /// The body of the event that this payment has this status, whether it has or not; `None` when there is no such
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

/// Sends events and ends payments in time, as long as the event loop runs.
fn work_in_background(state: web::Data<State>, events: UnboundedReceiver<Value>, pauses: Vec<Duration>) {
    rt::spawn(webhooks::deliver(events, Arc::clone(&state.webhooks), pauses));
    rt::spawn(async move {
        let mut rounds = interval(ROUND);
        loop {
            rounds.tick().await;
            state.with_book(|_, _| ());
        }
    });
}

fn routes(config: &mut web::ServiceConfig, state: &web::Data<State>) {
    config
        .app_data(state.clone())
        .route("/v1/payments", web::post().to(api::checkout))
        .route("/v1/payments/confirm", web::post().to(api::confirm))
        .route("/v1/payments/orders/{order_id}", web::get().to(api::of_order))
        .route("/v1/payments/{key}/checkout", web::get().to(checkout::show))
        .route("/v1/payments/{key}/checkout", web::post().to(checkout::press))
        .route("/v1/payments/{key}/cancel", web::post().to(api::cancel))
        .route("/v1/payments/{key}", web::get().to(api::payment))
        .route("/v1/transactions", web::get().to(api::transactions))
        .default_service(web::to(api::nothing_here));
}
