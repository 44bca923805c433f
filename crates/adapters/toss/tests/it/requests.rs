//! What is sent, to the letter.

use chrono::{DateTime, Utc};
use domain::Money;
use domain::tokens::PaymentProvider;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{Act, FAIL, ORDER, SUCCESS, Scripted, answer, order, refused, unknown, won};

const PAYMENT: &str = r#"{"paymentKey":"key-1","orderId":"order-0001","status":"DONE","totalAmount":10000,
    "currency":"KRW","approvedAt":"2026-11-01T09:00:00+09:00","new":{"field":[1,2]},
    "checkout":{"url":"https://pay.example.com/key-1"}}"#;

fn body(request: &str) -> Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_checkout_names_order_price_and_the_way_back() {
    let toss = Scripted::answering("200 OK", PAYMENT).await;
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
async fn a_confirmation_carries_the_orders_key_and_an_exact_amount() {
    let toss = Scripted::answering("200 OK", PAYMENT).await;
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
async fn amounts_beyond_a_floats_digits_are_read_exactly() {
    let body = PAYMENT.replace("10000", "9007199254740993.01");
    let toss = Scripted::answering("200 OK", &body).await;
    let payment = toss.payments.payment("key-1").await.unwrap().unwrap();
    assert_eq!(payment.total.amount.to_string(), "9007199254740993.01");
}

#[tokio::test]
async fn a_key_stays_one_part_of_the_path() {
    let toss = Scripted::answering("404 Not Found", r#"{"code":"NOT_FOUND_PAYMENT","message":""}"#).await;
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
async fn what_cannot_be_a_key_is_never_asked_for() {
    let toss = Scripted::start([Act::HangUp]).await;
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
async fn transactions_are_asked_for_in_korean_time_after_a_key() {
    let toss = Scripted::answering("200 OK", "[]").await;
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
async fn an_answer_about_another_payment_is_not_believed() {
    let toss = Scripted::answering("200 OK", PAYMENT).await;
    unknown(toss.payments.payment("key-2").await);
    unknown(toss.payments.payment_of_order("order-0002").await);
    unknown(toss.payments.confirm("key-2", ORDER, &won(10_000)).await);
    unknown(toss.payments.confirm("key-1", "order-0002", &won(10_000)).await);
    unknown(toss.payments.checkout(&order("order-0002")).await);
}

#[tokio::test]
async fn a_page_to_pay_on_must_be_one() {
    for url in ["javascript:alert(1)", "/relative", ""] {
        let body = PAYMENT.replace("https://pay.example.com/key-1", url);
        let toss = Scripted::answering("200 OK", &body).await;
        unknown(toss.payments.checkout(&order(ORDER)).await);
    }
    let toss = Scripted::answering("200 OK", &PAYMENT.replace("checkout", "nothing")).await;
    unknown(toss.payments.checkout(&order(ORDER)).await);
}

#[tokio::test]
async fn an_equal_call_under_way_is_waited_for() {
    let busy = answer(
        "409 Conflict",
        r#"{"code":"IDEMPOTENT_REQUEST_PROCESSING","message":"wait"}"#,
    );
    let acts = [
        Act::Say(busy.clone()),
        Act::Say(busy.clone()),
        Act::Say(answer("200 OK", PAYMENT)),
    ];
    let toss = Scripted::start(acts).await;
    assert!(toss.confirm().await.is_ok());
    let requests = toss.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[0], requests[2]);

    let toss = Scripted::start([Act::Say(busy)]).await;
    unknown(toss.confirm().await);
    assert!((2..=5).contains(&toss.requests().len()));
}
