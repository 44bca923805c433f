//! The way of an order that is paid.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::payments::{Call, Fault};

use super::{Buyer, PACKAGE, PRICE, WELCOME};
use crate::support::{
    NO_BROKER, Platform,
    expect::{assert_data, assert_error},
    stage::at_once,
};

fn offer(package: &str, tokens: i64, each: i64) -> Value {
    json!({"package_id": package, "amount_tokens": tokens, "price_per_token": each, "currency_code": "KRW",
        "total_price": tokens * each})
}

fn with(mut offer: Value, more: Value) -> Value {
    let (Some(fields), Value::Object(more)) = (offer.as_object_mut(), more) else {
        panic!("objects");
    };
    fields.extend(more);
    offer
}

#[tokio::test]
async fn packages_are_open_to_everybody() {
    let platform = Platform::start().await;
    let offers = [
        offer("basic_100", 100, 100),
        offer("standard_500", 500, 90),
        offer("premium_1000", 1000, 80),
    ];
    let expected = json!({"results": offers, "next_cursor": null, "has_more": false});
    assert_data(
        &platform.browser().get("/api/tokens/packages").await,
        200,
        &expected,
    );
}

#[tokio::test]
async fn a_paid_order_is_granted() {
    let buyer = Buyer::new().await;
    let answer = buyer
        .user
        .post("/api/tokens/purchase", &json!({"package_id": "standard_500"}))
        .await;
    let more = json!({"order_id": "<text>", "payment_url": "<url>", "expires_at": "<time>"});
    let placed = assert_data(&answer, 201, &with(offer("standard_500", 500, 90), more));
    let (id, page) = (&placed["order_id"], &placed["payment_url"]);
    let path = format!("/api/tokens/purchases/{}", id.as_str().expect("a text"));
    assert_eq!(answer.header("Location"), path);

    let state = |status: &str| {
        let more = json!({"order_id": id, "status": status, "expires_at": placed["expires_at"], "created_at": "<time>"});
        with(offer("standard_500", 500, 90), more)
    };
    assert_data(&buyer.user.get(&path).await, 200, &state("pending"));
    assert_eq!(buyer.balance().await, WELCOME);

    let page = page.as_str().expect("a text");
    let back = buyer
        .platform
        .payments
        .pay(page)
        .await
        .expect("the page takes it");
    // The return needs no session: the tokens are the buyer's, whoever brings the news.
    let returned = buyer.platform.browser().get(&back).await;
    assert_eq!(returned.status, 302);
    assert_data(&buyer.user.get(&path).await, 200, &state("paid"));
    assert_eq!(buyer.balance().await, WELCOME + 500);

    let list = buyer
        .user
        .get("/api/tokens/transactions?type=purchase")
        .await
        .data(200);
    let me = json!({"id": "<id>", "username": "buyer"});
    let row = json!({"id": "<id>", "type": "purchase", "amount": 500, "price_per_token": 90, "total_price": 45000,
        "currency_code": "KRW", "status": "completed", "refunded": false, "memo": "Token purchase",
        "created_at": "<time>", "sender": null, "receiver": me, "related_style": null, "related_generation": null});
    let expected = json!({"results": [row], "next_cursor": null, "has_more": false});
    let answer = buyer.user.get("/api/tokens/transactions?type=purchase").await;
    assert_data(&answer, 200, &expected);
    assert_eq!(list["results"].as_array().map(Vec::len), Some(1));
    buyer.platform.assert_books_balance().await;
}

#[tokio::test]
async fn many_tabs_pay_once() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.agree(&order).await;
    let tabs = (0..10).map(|_| {
        let (tab, back) = (buyer.user.clone(), back.clone());
        async move { tab.get(&back).await }
    });
    for answer in at_once(tabs).await {
        buyer.assert_paid(&answer, &order);
    }
    buyer.assert_is(&order, "paid", WELCOME + PACKAGE).await;
    // Coming back once more asks nobody.
    let asked = buyer.platform.payments.calls(Call::Confirm);
    buyer.assert_paid(&buyer.user.get(&back).await, &order);
    assert_eq!(buyer.platform.payments.calls(Call::Confirm), asked);
    buyer.assert_is(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn a_link_checker_confirms_nothing() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.agree(&order).await;
    let looked = buyer
        .user
        .send(buyer.user.bare_request(Method::HEAD, &back))
        .await;
    assert_eq!((looked.status.as_u16(), looked.header("Allow")), (405, "GET"));
    assert_eq!(buyer.platform.payments.calls(Call::Confirm), 0);
    buyer.assert_is(&order, "pending", WELCOME).await;
    buyer.assert_paid(&buyer.user.get(&back).await, &order);
}

#[tokio::test]
async fn orders_are_their_buyers_alone() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let path = format!("/api/tokens/purchases/{}", order.id);
    let other = buyer.platform.user("other@example.com").await;
    assert_error(&other.get(&path).await, 404, "NOT_FOUND", &Value::Null);
    let nobody = buyer.platform.browser();
    assert_error(&nobody.get(&path).await, 401, "UNAUTHORIZED", &Value::Null);
    for unknown in ["order-0", "x", "%00", "order-1%27"] {
        let answer = buyer.user.get(&format!("/api/tokens/purchases/{unknown}")).await;
        assert_error(&answer, 404, "NOT_FOUND", &Value::Null);
    }
    // Somebody else's browser brings the return: the tokens are still the buyer's.
    let back = buyer.agree(&order).await;
    buyer.assert_paid(&other.get(&back).await, &order);
    let others = other.get("/api/tokens/balance").await.data(200);
    assert_eq!(others["token_balance"], WELCOME);
    buyer.assert_is(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn what_cannot_be_ordered_leaves_no_order() {
    let buyer = Buyer::new().await;
    let purchase = async |body: Value| buyer.user.post("/api/tokens/purchase", &body).await;
    let answer = purchase(json!({"package_id": "basic_1"})).await;
    assert_error(&answer, 400, "INVALID_PACKAGE", &Value::Null);
    let answer = purchase(json!({})).await;
    let required = json!({"package_id": "This field is required."});
    assert_error(&answer, 422, "VALIDATION_ERROR", &required);
    let answer = purchase(json!({"package_id": 7})).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    let nobody = buyer.platform.browser();
    let answer = nobody
        .post("/api/tokens/purchase", &json!({"package_id": "basic_100"}))
        .await;
    assert_error(&answer, 401, "UNAUTHORIZED", &Value::Null);

    let payments = &buyer.platform.payments;
    assert_eq!(payments.calls(Call::Checkout), 0);
    payments.fail_next(
        Call::Checkout,
        Fault::Refused("FAILED_INTERNAL_SYSTEM_PROCESSING"),
    );
    payments.fail_next(
        Call::Checkout,
        Fault::Refused("FAILED_INTERNAL_SYSTEM_PROCESSING"),
    );
    let answer = purchase(json!({"package_id": "basic_100"})).await;
    assert_error(&answer, 503, "SERVICE_UNAVAILABLE", &Value::Null);
    let orders = buyer.platform.count("SELECT count(*) AS n FROM purchases").await;
    assert_eq!(orders, 0);
}

#[tokio::test]
async fn without_keys_nothing_can_be_bought() {
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
async fn the_price_is_the_servers() {
    let buyer = Buyer::new().await;
    let body =
        json!({"package_id": "basic_100", "total_price": 1, "amount_tokens": 100_000, "price_per_token": 0});
    let placed = buyer.user.post("/api/tokens/purchase", &body).await.data(201);
    assert_eq!(
        (&placed["total_price"], &placed["amount_tokens"]),
        (&json!(PRICE), &json!(PACKAGE))
    );
}
