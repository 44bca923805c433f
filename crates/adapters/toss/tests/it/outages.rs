//! The provider is down, does not respond, or sends invalid responses.

use std::time::{Duration, Instant};

use domain::tokens::PaymentProvider;
use stylelicense_toss::TossPayments;
use tokio::net::TcpListener;

use crate::support::{ORDER, Scripted, Step, order, response, settings, unknown, won};

#[tokio::test]
async fn a_refused_connection_is_unknown() {
    let free = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let addr = free.local_addr().unwrap();
    drop(free);
    let payments = TossPayments::new(&settings(&format!("http://{addr}"), "test_sk_x")).unwrap();
    unknown(payments.checkout(&order(ORDER)).await);
    unknown(payments.confirm("key-1", ORDER, &won(10_000)).await);
    unknown(payments.payment("key-1").await);
    unknown(payments.payment_of_order(ORDER).await);
}

#[tokio::test]
async fn a_connection_lost_after_sending_is_unknown_and_not_retried() {
    let toss = Scripted::start([Step::Close]).await;
    unknown(toss.confirm().await);
    assert_eq!(toss.requests().len(), 1);
}

#[tokio::test]
async fn a_missing_response_ends_with_the_timeout() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"paymentKey\":".to_owned();
    for step in [Step::Hang, Step::Respond(half)] {
        let toss = Scripted::start([step]).await;
        let start = Instant::now();
        unknown(toss.confirm().await);
        // The timeout is 1.5 seconds.
        assert!(start.elapsed() < Duration::from_secs(4));
    }
}

#[tokio::test]
async fn a_response_above_the_size_limit_is_not_read_completely() {
    let toss = Scripted::responding("200 OK", &" ".repeat(5 * 1024 * 1024)).await;
    assert!(unknown(toss.confirm().await).contains("longer than"));
    let toss = Scripted::responding("400 Bad Request", &" ".repeat(5 * 1024 * 1024)).await;
    assert!(unknown(toss.payments.payment("key-1").await).contains("longer than"));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let target = Scripted::responding("200 OK", "{}").await;
    let toss = Scripted::start([Step::Respond(format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{}/v1/payments/key-1\r\ncontent-length: 0\r\n\
         connection: close\r\n\r\n",
        target.addr()
    ))])
    .await;
    assert!(unknown(toss.payments.payment("key-1").await).contains("307"));
    assert!(unknown(toss.confirm().await).contains("307"));
    assert_eq!(target.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_response_that_cannot_be_parsed_is_unknown() {
    let payment = |changes: &[(&str, &str)]| {
        let mut body = r#"{"paymentKey":"key-1","orderId":"order-0001","status":"DONE","totalAmount":10000,
            "currency":"KRW","approvedAt":"2026-11-01T09:00:00+09:00"}"#
            .to_owned();
        for (old, new) in changes {
            assert!(body.contains(old));
            body = body.replace(old, new);
        }
        body
    };
    let valid = Scripted::responding("200 OK", &payment(&[])).await;
    assert!(valid.confirm().await.is_ok());
    for body in [
        String::new(),
        "<html>".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        "[".repeat(10_000),
        payment(&[("DONE", "A_STATUS_OF_TOMORROW")]),
        payment(&[("10000", "\"10000\"")]),
        payment(&[("10000", "-10000")]),
        payment(&[("10000", "1e400")]),
        payment(&[("10000", "null")]),
        payment(&[("\"KRW\"", "null")]),
        payment(&[("2026-11-01T09:00:00+09:00", "yesterday")]),
        payment(&[("key-1", "")]),
    ] {
        let toss = Scripted::responding("200 OK", &body).await;
        unknown(toss.confirm().await);
        unknown(toss.payments.payment("key-1").await);
    }
    let toss = Scripted::start([Step::Respond(response("200 OK", r#"[{"transactionKey":1}]"#))]).await;
    let time = chrono::DateTime::UNIX_EPOCH;
    unknown(toss.payments.transactions(time, time, None, 10).await);
}
