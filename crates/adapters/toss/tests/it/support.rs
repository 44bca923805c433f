//! A shop at the local payment provider, and a server with scripted responses.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::Money;
use domain::tokens::{Checkout, CheckoutOrder, PaymentError, PaymentProvider};
use rust_decimal::Decimal;
use stylelicense_toss::{Settings, TossPayments};
use testkit::payments::TestPayments;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub const ORDER: &str = "order-0001";
pub const SUCCESS: &str = "http://localhost:1/api/payments/toss/success";
pub const FAIL: &str = "http://localhost:1/api/payments/toss/fail";

pub fn won(amount: i64) -> Money {
    Money {
        amount: Decimal::from(amount),
        currency: "KRW".to_owned(),
    }
}

pub fn order(order_id: &str) -> CheckoutOrder {
    CheckoutOrder {
        order_id: order_id.to_owned(),
        name: "Style License 100 tokens".to_owned(),
        price: won(10_000),
    }
}

pub fn settings(api_base_url: &str, secret_key: &str) -> Settings {
    Settings {
        secret_key: secret_key.to_owned().into(),
        api_base_url: api_base_url.to_owned(),
        success_url: SUCCESS.to_owned(),
        fail_url: FAIL.to_owned(),
        timeout: Duration::from_secs(5),
    }
}

/// The local payment provider and the adapter.
pub struct Shop {
    pub toss: TestPayments,
    pub payments: TossPayments,
}

impl Shop {
    pub fn open() -> Self {
        Self::with_timeout(Duration::from_secs(5))
    }

    pub fn with_timeout(timeout: Duration) -> Self {
        let toss = TestPayments::start().unwrap();
        let mut settings = settings(toss.base_url(), toss.secret_key());
        settings.timeout = timeout;
        let payments = TossPayments::new(&settings).unwrap();
        Self { toss, payments }
    }

    /// Creates a payment of 10,000 won.
    pub async fn checkout(&self, order_id: &str) -> Checkout {
        self.payments.checkout(&order(order_id)).await.unwrap()
    }

    /// Creates a payment that the buyer authorizes; returns its key.
    pub async fn authorized(&self, order_id: &str) -> String {
        let checkout = self.checkout(order_id).await;
        self.toss.pay(&checkout.url).await.unwrap();
        checkout.payment_key
    }
}

pub fn unknown<T: std::fmt::Debug>(outcome: Result<T, PaymentError>) -> String {
    match outcome {
        Err(PaymentError::Unknown(reason)) => reason,
        other => panic!("expected unknown, got: {other:?}"),
    }
}

pub fn refused<T: std::fmt::Debug>(outcome: Result<T, PaymentError>) -> String {
    match outcome {
        Err(PaymentError::Refused { code, .. }) => code,
        other => panic!("expected a refusal, got: {other:?}"),
    }
}

pub fn misconfigured<T: std::fmt::Debug>(outcome: Result<T, PaymentError>) -> String {
    match outcome {
        Err(PaymentError::Misconfigured(reason)) => reason,
        other => panic!("expected misconfigured, got: {other:?}"),
    }
}

/// What the scripted server does with a connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends these bytes and closes the connection.
    Respond(String),
    /// Reads the request and closes the connection.
    Close,
    /// Reads the request and sends nothing.
    Hang,
}

/// A server that handles each connection with the next step and repeats the last step.
pub struct Scripted {
    pub payments: TossPayments,
    requests: Arc<Mutex<Vec<String>>>,
    addr: SocketAddr,
    server: JoinHandle<()>,
}

impl Scripted {
    pub async fn start(steps: impl IntoIterator<Item = Step>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let server = tokio::spawn(serve(
            listener,
            steps.into_iter().collect(),
            Arc::clone(&requests),
        ));
        let mut settings = settings(&format!("http://{addr}"), "test_sk_scripted");
        settings.timeout = Duration::from_millis(1_500);
        Self {
            payments: TossPayments::new(&settings).unwrap(),
            requests,
            addr,
            server,
        }
    }

    pub async fn responding(status: &str, body: &str) -> Self {
        Self::start([Step::Respond(response(status, body))]).await
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The requests so far, with headers and body.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub async fn confirm(&self) -> Result<domain::tokens::Payment, PaymentError> {
        self.payments.confirm("key-1", ORDER, &won(10_000)).await
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub fn response(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
}

pub fn error(status: &str, code: &str) -> String {
    response(status, &format!(r#"{{"code":"{code}","message":"some words"}}"#))
}

async fn serve(listener: TcpListener, mut steps: VecDeque<Step>, requests: Arc<Mutex<Vec<String>>>) {
    let mut kept = Vec::new();
    loop {
        let (mut connection, _) = listener.accept().await.unwrap();
        let request = read_request(&mut connection).await;
        requests.lock().unwrap().push(request);
        let step = if steps.len() > 1 {
            steps.pop_front().unwrap()
        } else {
            steps.front().unwrap().clone()
        };
        match step {
            Step::Close => {}
            Step::Hang => kept.push(connection),
            // The client may close the connection early.
            Step::Respond(bytes) => {
                let _ = connection.write_all(bytes.as_bytes()).await;
                let _ = connection.shutdown().await;
            }
        }
    }
}

async fn read_request(connection: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut part = [0; 4096];
    while let Ok(count) = connection.read(&mut part).await {
        read.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        if count == 0 || is_whole(&text) {
            return text;
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length: ")
            .map(str::to_owned)
    });
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}
