//! Idempotency keys: calls with the same key and path are executed once; the body is not compared.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::payments::{Call, Fault};

use super::support::{ORDER, Shop, assert_error, order, read};

async fn post(shop: &Shop, path: &str, key: &str, body: &Value) -> (u16, Value) {
    let request = shop.request("POST", path).header("Idempotency-Key", key);
    read(request.json(body).send().await.unwrap()).await
}

#[tokio::test]
async fn a_repeated_call_gets_the_first_response() {
    let shop = Shop::open();
    let first = post(&shop, "/v1/payments", ORDER, &order(ORDER)).await;
    assert_eq!(
        post(&shop, "/v1/payments", ORDER, &order("order-0002")).await,
        first
    );
    assert_ne!(post(&shop, "/v1/payments", "other", &order(ORDER)).await, first);

    // Also for errors. Another path has separate keys.
    let body = json!({"paymentKey": first.1["paymentKey"], "orderId": ORDER, "amount": 10_000});
    let refused = post(&shop, "/v1/payments/confirm", ORDER, &body).await;
    assert_error(refused.clone(), 404, "NOT_FOUND_PAYMENT_SESSION");
    shop.toss
        .pay(first.1["checkout"]["url"].as_str().unwrap())
        .await
        .unwrap();
    assert_eq!(post(&shop, "/v1/payments/confirm", ORDER, &body).await, refused);
    assert_eq!(post(&shop, "/v1/payments/confirm", "other", &body).await.0, 200);
}

#[tokio::test]
async fn a_concurrent_equal_call_is_a_conflict() {
    let shop = Shop::open();
    shop.toss
        .fail_next(Call::Checkout, Fault::Slow(Duration::from_millis(500)));
    let (first, second) = tokio::join!(
        post(&shop, "/v1/payments", ORDER, &Value::Null),
        post(&shop, "/v1/payments", ORDER, &Value::Null)
    );
    let (slow, quick) = if first.0 == 409 {
        (second, first)
    } else {
        (first, second)
    };
    assert_error(quick, 409, "IDEMPOTENT_REQUEST_PROCESSING");
    assert_error(slow.clone(), 400, "INVALID_REQUEST");
    assert_eq!(post(&shop, "/v1/payments", ORDER, &Value::Null).await, slow);
}

#[tokio::test]
async fn a_call_is_executed_when_the_client_disconnects() {
    let shop = Shop::open();
    let key = shop.authorized(ORDER).await;
    shop.toss
        .fail_next(Call::Confirm, Fault::Slow(Duration::from_millis(300)));
    let body = json!({"paymentKey": key, "orderId": ORDER, "amount": 10_000});
    let request = shop.request("POST", "/v1/payments/confirm").json(&body);
    let result = request.timeout(Duration::from_millis(100)).send().await;
    assert!(result.unwrap_err().is_timeout());
    for _ in 0..100 {
        if shop.toss.payment(&key).unwrap()["status"] == "DONE" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the payment was never confirmed");
}

#[tokio::test]
async fn a_key_has_at_most_300_characters() {
    let shop = Shop::open();
    let long = post(&shop, "/v1/payments", &"k".repeat(301), &order(ORDER)).await;
    assert_error(long, 400, "INVALID_IDEMPOTENCY_KEY");
    assert_eq!(
        post(&shop, "/v1/payments", &"k".repeat(300), &order(ORDER))
            .await
            .0,
        200
    );
}
