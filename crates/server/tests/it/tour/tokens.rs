//! Purchases.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Cast,
    record::{Body, Tour},
};

pub async fn buying(tour: &mut Tour, cast: &Cast) {
    tour.chapter(
        "Buying tokens",
        "The buyer pays on the payment provider's page. The server always reads the payment from the provider and trusts \
         neither the browser nor an event.",
    );
    tour.get(&cast.visitor, "The token packages.", "/api/tokens/packages")
        .await;
    let first = order(
        tour,
        cast,
        "The reader orders a package. The web client opens `payment_url`.",
    )
    .await;
    let canceled = tour
        .platform
        .payments
        .cancel_checkout(text(&first, "payment_url"))
        .await;
    let path = local_path(tour, &canceled.expect("the checkout is canceled"));
    tour.follow(
        &cast.reader,
        "The buyer cancels: the browser is redirected to the web client, and the order can still be paid.",
        &path,
    )
    .await;
    let paid = tour.platform.payments.pay(text(&first, "payment_url")).await;
    let path = local_path(tour, &paid.expect("the checkout succeeds"));
    tour.follow(
        &cast.reader,
        "The buyer pays: the payment is confirmed and the tokens are granted.",
        &path,
    )
    .await;
    let own = format!("/api/tokens/purchases/{}", text(&first, "order_id"));
    tour.get(&cast.reader, "The order is paid.", &own).await;
    let event = json!({"eventType": "PAYMENT_STATUS_CHANGED", "createdAt": "2026-11-01T09:00:00.000000",
        "data": {"orderId": first["order_id"], "status": "DONE"}});
    tour.payment_event("The provider sends an event too. It changes nothing.", &event)
        .await;
    tour.get(
        &cast.reader,
        "The purchases.",
        "/api/tokens/transactions?type=purchase",
    )
    .await;
    tour.call(
        &cast.reader,
        "An unknown package is refused.",
        Method::POST,
        "/api/tokens/purchase",
        Body::Json(json!({"package_id": "basic_1"})),
        400,
    )
    .await;
    let key = tour.platform.payments.payment_key(text(&first, "payment_url"));
    let canceled = tour.platform.payments.cancel(&key.expect("a key"), None);
    canceled.expect("it is canceled");
    tour.payment_event(
        "A refund takes the tokens back. Tokens that were already spent would be owed.",
        &event,
    )
    .await;
    tour.platform.make_admin("friend").await;
    tour.get(
        &cast.friend,
        "An admin lists owed tokens (the friend is an admin in this step). There are none.",
        "/api/admin/owed-tokens",
    )
    .await;
    let revoke = "UPDATE users SET is_admin = false WHERE username = 'friend'";
    tour.platform.execute(revoke).await;
}

async fn order(tour: &mut Tour, cast: &Cast, why: &'static str) -> Value {
    let body = Body::Json(json!({"package_id": "basic_100"}));
    let order = tour
        .call(&cast.reader, why, Method::POST, "/api/tokens/purchase", body, 201)
        .await;
    order.json()["data"].clone()
}

fn text<'a>(order: &'a Value, field: &str) -> &'a str {
    order[field].as_str().expect("a text")
}

/// The path of a URL of the platform.
fn local_path(tour: &Tour, address: &str) -> String {
    address.replace(&tour.platform.base, "")
}
