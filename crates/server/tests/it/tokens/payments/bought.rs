//! Paid orders.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::payments::{Call, Fault};

use super::{Buyer, PACKAGE, PRICE, WELCOME};
use crate::support::{NO_BROKER, Platform, answers::assert_error, fixture::at_once};

#[tokio::test]
async fn concurrent_returns_grant_once() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let tabs = (0..10).map(|_| {
        let (tab, back) = (buyer.user.clone(), back.clone());
        async move { tab.get(&back).await }
    });
    for answer in at_once(tabs).await {
        order.assert_paid(&answer);
    }
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
    // A repeated return makes no call to the provider.
    let confirmations = buyer.platform.payments.calls(Call::Confirm);
    order.assert_paid(&buyer.user.get(&back).await);
    assert_eq!(buyer.platform.payments.calls(Call::Confirm), confirmations);
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn a_head_request_confirms_nothing() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let answer = buyer
        .user
        .send(buyer.user.request_without_csrf(Method::HEAD, &back))
        .await;
    assert_eq!((answer.status.as_u16(), answer.header("Allow")), (405, "GET"));
    assert_eq!(buyer.platform.payments.calls(Call::Confirm), 0);
    buyer.assert_state(&order, "pending", WELCOME).await;
    order.assert_paid(&buyer.user.get(&back).await);
}

#[tokio::test]
async fn orders_are_visible_to_their_buyers_only() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let path = format!("/api/tokens/purchases/{}", order.id);
    let other = buyer.platform.user("other@example.com").await;
    assert_error(&other.get(&path).await, 404, "NOT_FOUND", &Value::Null);
    let anonymous = buyer.platform.browser();
    assert_error(&anonymous.get(&path).await, 401, "UNAUTHORIZED", &Value::Null);
    for unknown in ["order-0", "x", "%00", "order-1%27"] {
        let answer = buyer.user.get(&format!("/api/tokens/purchases/{unknown}")).await;
        assert_error(&answer, 404, "NOT_FOUND", &Value::Null);
    }
    // A return in another user's browser grants the tokens to the buyer.
    let back = buyer.pay(&order).await;
    order.assert_paid(&other.get(&back).await);
    let others = other.get("/api/tokens/balance").await.data(200);
    assert_eq!(others["token_balance"], WELCOME);
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn a_failed_checkout_creates_no_order() {
    let buyer = Buyer::new().await;
    let payments = &buyer.platform.payments;
    payments.fail_always(Call::Checkout, Some(Fault::NotReached));
    let body = json!({"package_id": "basic_100"});
    let answer = buyer.user.post("/api/tokens/purchase", &body).await;
    assert_error(&answer, 503, "SERVICE_UNAVAILABLE", &Value::Null);
    for code in ["INVALID_REQUEST", "EXCEED_MAX_AMOUNT"] {
        payments.fail_always(Call::Checkout, Some(Fault::Refused(code)));
        let answer = buyer.user.post("/api/tokens/purchase", &body).await;
        assert_error(&answer, 402, "PAYMENT_FAILED", &json!({"provider_code": code}));
    }
    let orders = buyer.platform.count_rows("purchases").await;
    assert_eq!(orders, 0);
}

#[tokio::test]
async fn without_a_key_purchases_are_503() {
    let settings = [("AMQP_URL", NO_BROKER), ("TOSS_SECRET_KEY", "")];
    let platform = Platform::with(&settings).await;
    let user = platform.user("buyer@example.com").await;
    let answer = user
        .post("/api/tokens/purchase", &json!({"package_id": "basic_100"}))
        .await;
    assert_error(&answer, 503, "SERVICE_UNAVAILABLE", &Value::Null);
    assert!(user.get("/api/tokens/packages").await.status.is_success());
}

#[tokio::test]
async fn the_server_sets_the_price() {
    let buyer = Buyer::new().await;
    let body =
        json!({"package_id": "basic_100", "total_price": 1, "amount_tokens": 100_000, "price_per_token": 0});
    let placed = buyer.user.post("/api/tokens/purchase", &body).await.data(201);
    assert_eq!(
        (&placed["total_price"], &placed["amount_tokens"]),
        (&json!(PRICE), &json!(PACKAGE))
    );
}
