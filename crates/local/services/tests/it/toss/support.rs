//! A shop that sends raw requests, so that tests can send invalid ones.

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use testkit::payments::TestPayments;

pub const ORDER: &str = "order-0001";
pub const SUCCESS: &str = "http://localhost:1/success?from=toss";
pub const FAIL: &str = "http://localhost:1/fail";

pub struct Shop {
    pub toss: TestPayments,
    http: Client,
}

impl Shop {
    pub fn open() -> Self {
        Self::with(TestPayments::start().unwrap())
    }

    pub fn with(toss: TestPayments) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        Self { toss, http }
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.toss.base_url());
        let method = method.parse().unwrap();
        self.http
            .request(method, url)
            .basic_auth(self.toss.secret_key(), Some(""))
    }

    /// A request without authorization.
    pub fn unauthorized_request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.toss.base_url());
        self.http.request(method.parse().unwrap(), url)
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        read(self.request("GET", path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        read(self.request("POST", path).json(body).send().await.unwrap()).await
    }

    pub async fn checkout(&self, order_id: &str) -> Value {
        let (status, payment) = self.post("/v1/payments", &order(order_id)).await;
        assert_eq!(status, 200, "{payment}");
        payment
    }

    /// Creates a payment that the buyer authorizes; returns its key.
    pub async fn authorized(&self, order_id: &str) -> String {
        let key = key(&self.checkout(order_id).await);
        self.toss.pay(&key).await.unwrap();
        key
    }

    pub async fn confirm(&self, key: &str, order_id: &str) -> (u16, Value) {
        let body = json!({"paymentKey": key, "orderId": order_id, "amount": 10_000});
        self.post("/v1/payments/confirm", &body).await
    }

    /// Creates and confirms a payment; returns its key.
    pub async fn paid(&self, order_id: &str) -> String {
        let key = self.authorized(order_id).await;
        assert_eq!(self.confirm(&key, order_id).await.0, 200);
        key
    }
}

pub fn order(order_id: &str) -> Value {
    json!({
        "method": "CARD", "amount": 10_000, "currency": "KRW", "orderId": order_id, "orderName": "100 tokens",
        "successUrl": SUCCESS, "failUrl": FAIL,
    })
}

pub fn key(payment: &Value) -> String {
    payment["paymentKey"].as_str().unwrap().to_owned()
}

pub async fn read(response: Response) -> (u16, Value) {
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Asserts the status and the code of an error.
#[track_caller]
pub fn assert_error((status, body): (u16, Value), expected: u16, code: &str) {
    assert_eq!((status, body["code"].as_str()), (expected, Some(code)), "{body}");
    assert!(!body["message"].as_str().unwrap().is_empty());
}
