//! Idempotency keys: the same key at the same address is done once, whatever the body says.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::payments::{Call, Fault};

use super::support::{ORDER, Shop, is_error, order, read};

async fn post(shop: &Shop, path: &str, key: &str, body: &Value) -> (u16, Value) {
    let request = shop.request("POST", path).header("Idempotency-Key", key);
    read(request.json(body).send().await.unwrap()).await
}

#[tokio::test]
async fn the_first_answer_is_given_again() {
    let shop = Shop::open();
    let first = post(&shop, "/v1/payments", ORDER, &order(ORDER)).await;
    assert_eq!(
        post(&shop, "/v1/payments", ORDER, &order("order-0002")).await,
        first
    );
    assert_ne!(post(&shop, "/v1/payments", "other", &order(ORDER)).await, first);

    // A refusal too, and another address has keys of its own.
    let body = json!({"paymentKey": first.1["paymentKey"], "orderId": ORDER, "amount": 10_000});
    let refused = post(&shop, "/v1/payments/confirm", ORDER, &body).await;
    is_error(refused.clone(), 404, "NOT_FOUND_PAYMENT_SESSION");
    shop.toss
        .pay(first.1["checkout"]["url"].as_str().unwrap())
        .await
        .unwrap();
    assert_eq!(post(&shop, "/v1/payments/confirm", ORDER, &body).await, refused);
    assert_eq!(post(&shop, "/v1/payments/confirm", "other", &body).await.0, 200);
}

#[tokio::test]
async fn an_equal_call_under_way_is_a_conflict_and_then_the_same_answer() {
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
    is_error(quick, 409, "IDEMPOTENT_REQUEST_PROCESSING");
    is_error(slow.clone(), 400, "INVALID_REQUEST");
    assert_eq!(post(&shop, "/v1/payments", ORDER, &Value::Null).await, slow);
}

#[tokio::test]
async fn work_goes_on_when_the_shop_has_left() {
    let shop = Shop::open();
    let key = shop.agreed(ORDER).await;
    shop.toss
        .fail_next(Call::Confirm, Fault::Slow(Duration::from_millis(300)));
    let body = json!({"paymentKey": key, "orderId": ORDER, "amount": 10_000});
    let request = shop.request("POST", "/v1/payments/confirm").json(&body);
    let left = request.timeout(Duration::from_millis(100)).send().await;
    assert!(left.unwrap_err().is_timeout());
    for _ in 0..100 {
        if shop.toss.payment(&key).unwrap()["status"] == "DONE" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the payment was never made");
}

#[tokio::test]
async fn a_key_has_three_hundred_characters_at_most() {
    let shop = Shop::open();
    let long = post(&shop, "/v1/payments", &"k".repeat(301), &order(ORDER)).await;
    is_error(long, 400, "INVALID_IDEMPOTENCY_KEY");
    assert_eq!(
        post(&shop, "/v1/payments", &"k".repeat(300), &order(ORDER))
            .await
            .0,
        200
    );
}
