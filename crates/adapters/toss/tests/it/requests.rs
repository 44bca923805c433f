//! The exact requests.

use chrono::{DateTime, Utc};
use domain::Money;
use domain::tokens::PaymentProvider;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{FAIL, ORDER, SUCCESS, Scripted, Step, order, refused, response, unknown, won};

const PAYMENT: &str = r#"{"paymentKey":"key-1","orderId":"order-0001","status":"DONE","totalAmount":10000,
    "currency":"KRW","approvedAt":"2026-11-01T09:00:00+09:00","new":{"field":[1,2]},
    "checkout":{"url":"https://pay.example.com/key-1"}}"#;

fn body(request: &str) -> Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_checkout_sends_the_order_the_price_and_the_redirect_urls() {
    let toss = Scripted::responding("200 OK", PAYMENT).await;
    let checkout = toss.payments.checkout(&order(ORDER)).await.unwrap();
    assert_eq!(checkout.url, "https://pay.example.com/key-1");
    assert_eq!(checkout.payment_key, "key-1");
    let request = &toss.requests()[0];
    assert!(request.starts_with("POST /v1/payments HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("idempotency-key: order-0001\r\n"), "{request}");
    // test_sk_scripted:
    assert!(
        request.contains("authorization: Basic dGVzdF9za19zY3JpcHRlZDo=\r\n"),
        "{request}"
    );
    assert_eq!(
        body(request),
        json!({
            "method": "CARD",
            "amount": 10000,
            "currency": "KRW",
            "orderId": ORDER,
            "orderName": "Style License 100 tokens",
            "successUrl": SUCCESS,
            "failUrl": FAIL,
        })
    );
}

#[tokio::test]
async fn a_confirmation_sends_the_idempotency_key_and_the_exact_amount() {
    let toss = Scripted::responding("200 OK", PAYMENT).await;
    let price = Money {
        amount: Decimal::new(1_000_000, 2),
        currency: "KRW".to_owned(),
    };
    let payment = toss.payments.confirm("key-1", ORDER, &price).await.unwrap();
    assert_eq!(payment.total, won(10_000));
    assert_eq!(
        payment.approved_at.unwrap().to_rfc3339(),
        "2026-11-01T00:00:00+00:00"
    );
    let request = &toss.requests()[0];
    assert!(
        request.starts_with("POST /v1/payments/confirm HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("idempotency-key: order-0001\r\n"), "{request}");
    assert!(
        request.ends_with(r#"{"paymentKey":"key-1","orderId":"order-0001","amount":10000}"#),
        "{request}"
    );
}

#[tokio::test]
async fn amounts_beyond_the_precision_of_a_float_are_parsed_exactly() {
    let body = PAYMENT.replace("10000", "9007199254740993.01");
    let toss = Scripted::responding("200 OK", &body).await;
    let payment = toss.payments.payment("key-1").await.unwrap().unwrap();
    assert_eq!(payment.total.amount.to_string(), "9007199254740993.01");
}

#[tokio::test]
async fn a_payment_key_stays_one_path_segment() {
    let toss = Scripted::responding("404 Not Found", r#"{"code":"NOT_FOUND_PAYMENT","message":""}"#).await;
    for (key, path) in [
        ("a/b?c#d%2e", "/v1/payments/a%2Fb%3Fc%23d%252e"),
        ("../transactions", "/v1/payments/..%2Ftransactions"),
        ("한글", "/v1/payments/%ED%95%9C%EA%B8%80"),
    ] {
        assert_eq!(toss.payments.payment(key).await.unwrap(), None);
        let request = toss.requests().pop().unwrap();
        assert!(
            request.starts_with(&format!("GET {path} HTTP/1.1\r\n")),
            "{key}: {request}"
        );
    }
}

#[tokio::test]
async fn no_request_is_sent_for_an_invalid_payment_key() {
    let toss = Scripted::start([Step::Close]).await;
    for key in ["", ".", "..", "a b", "a\r\nx-evil: 1", "a\0", &"x".repeat(201)] {
        assert_eq!(toss.payments.payment(key).await.unwrap(), None, "{key:?}");
        let outcome = toss.payments.confirm(key, ORDER, &won(10_000)).await;
        assert_eq!(refused(outcome), "NOT_FOUND_PAYMENT", "{key:?}");
        if key.len() < 200 {
            assert_eq!(
                toss.payments.payment_of_order(key).await.unwrap(),
                None,
                "{key:?}"
            );
        }
    }
    assert_eq!(toss.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn transactions_are_requested_in_korean_time_and_after_a_key() {
    let toss = Scripted::responding("200 OK", "[]").await;
    let time = |raw: &str| DateTime::parse_from_rfc3339(raw).unwrap().with_timezone(&Utc);
    let (from, until) = (time("2026-11-01T00:00:00.9Z"), time("2026-11-01T23:00:00.1Z"));
    let page = toss
        .payments
        .transactions(from, until, Some("a&b".to_owned()), 50)
        .await;
    assert_eq!(page.unwrap(), []);
    let request = &toss.requests()[0];
    let expected = "GET /v1/transactions?startDate=2026-11-01T09%3A00%3A00&endDate=2026-11-02T08%3A00%3A01\
                    &limit=50&startingAfter=a%26b HTTP/1.1\r\n";
    assert!(request.starts_with(expected), "{request}");
    assert!(!request.contains("idempotency-key"), "{request}");
}

#[tokio::test]
async fn a_response_for_another_payment_is_unknown() {
    let toss = Scripted::responding("200 OK", PAYMENT).await;
    unknown(toss.payments.payment("key-2").await);
    unknown(toss.payments.payment_of_order("order-0002").await);
    unknown(toss.payments.confirm("key-2", ORDER, &won(10_000)).await);
    unknown(toss.payments.confirm("key-1", "order-0002", &won(10_000)).await);
    unknown(toss.payments.checkout(&order("order-0002")).await);
}

#[tokio::test]
async fn a_checkout_url_must_be_an_http_url() {
    for url in ["javascript:alert(1)", "/relative", ""] {
        let body = PAYMENT.replace("https://pay.example.com/key-1", url);
        let toss = Scripted::responding("200 OK", &body).await;
        unknown(toss.payments.checkout(&order(ORDER)).await);
    }
    let toss = Scripted::responding("200 OK", &PAYMENT.replace("checkout", "nothing")).await;
    unknown(toss.payments.checkout(&order(ORDER)).await);
}

#[tokio::test]
async fn a_request_that_is_being_processed_is_retried() {
    let busy = response(
        "409 Conflict",
        r#"{"code":"IDEMPOTENT_REQUEST_PROCESSING","message":"wait"}"#,
    );
    let steps = [
        Step::Respond(busy.clone()),
        Step::Respond(busy.clone()),
        Step::Respond(response("200 OK", PAYMENT)),
    ];
    let toss = Scripted::start(steps).await;
    assert!(toss.confirm().await.is_ok());
    let requests = toss.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[0], requests[2]);

    let toss = Scripted::start([Step::Respond(busy)]).await;
    unknown(toss.confirm().await);
    assert!((2..=5).contains(&toss.requests().len()));
}
