//! Packages, orders, returns from the payment provider, its events, and what is owed.

use serde_json::{Value, json};
use testkit::{
    client::Client,
    payments::{Call, Fault},
};

use super::page;
use crate::support::{FRONTEND, Platform, expect::Known, shown::Shown};

pub(super) const BOUGHT: Shown = &[
    ("GET /api/tokens/packages", &["200"]),
    (
        "POST /api/tokens/purchase",
        &[
            "201",
            "400 INVALID_PACKAGE",
            "402 PAYMENT_FAILED",
            "422 VALIDATION_ERROR",
        ],
    ),
    ("GET /api/tokens/purchases/{order_id}", &["200", "404 NOT_FOUND"]),
    ("GET /api/payments/toss/success", &["302"]),
    ("GET /api/payments/toss/fail", &["302"]),
    ("POST /api/webhooks/toss/payment", &["200"]),
    (
        "GET /api/admin/owed-tokens",
        &["200", "403 FORBIDDEN", "422 VALIDATION_ERROR"],
    ),
];

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
async fn tokens_are_bought_spent_and_taken_back() {
    let platform = Platform::start().await;
    let (user, visitor) = (platform.user("buyer@example.com").await, platform.browser());
    let mut known = Known::new();
    let offers = json!([
        offer("basic_100", 100, 100),
        offer("standard_500", 500, 90),
        offer("premium_1000", 1000, 80)
    ]);
    known.data(&visitor.get("/api/tokens/packages").await, 200, &page(&offers));

    not_bought(&platform, &user, &mut known).await;
    let answer = user
        .post("/api/tokens/purchase", &json!({"package_id": "standard_500"}))
        .await;
    let more = json!({"order_id": "<text:order>", "payment_url": "<url>", "expires_at": "<time:expires>"});
    let placed = known.data(&answer, 201, &with(offer("standard_500", 500, 90), more));
    let (id, checkout) = (&placed["order_id"], &placed["payment_url"]);
    let path = format!("/api/tokens/purchases/{}", id.as_str().expect("a text"));
    assert_eq!(answer.header("Location"), path);
    let state = |status: &str| {
        let more = json!({"order_id": "<text:order>", "status": status, "expires_at": "<time:expires>",
            "created_at": "<time>"});
        with(offer("standard_500", 500, 90), more)
    };
    known.data(&user.get(&path).await, 200, &state("pending"));
    known.error(
        &user.get(&format!("{path}0")).await,
        404,
        "NOT_FOUND",
        &Value::Null,
    );

    let back = platform
        .payments
        .pay(checkout.as_str().expect("an address"))
        .await;
    let back = back.expect("the page takes it");
    let returned = visitor.get(&back).await;
    known.redirect(
        &returned,
        &format!(
            "{FRONTEND}/payments/success?order_id={}&status=paid",
            id.as_str().expect("a text")
        ),
    );
    let failed = visitor
        .get("/api/payments/toss/fail?code=PAY_PROCESS_CANCELED&message=x")
        .await;
    known.redirect(
        &failed,
        &format!("{FRONTEND}/payments/fail?error=payment_failed&code=PAY_PROCESS_CANCELED"),
    );
    known.data(&user.get(&path).await, 200, &state("paid"));
    let event = json!({"eventType": "PAYMENT_STATUS_CHANGED", "createdAt": "2026-11-01T09:00:00.000000",
        "data": {"orderId": id, "status": "DONE"}});
    let told = visitor.post("/api/webhooks/toss/payment", &event).await;
    known.data(&told, 200, &json!({"applied": false, "status": "paid"}));

    let me = json!({"id": "<id:buyer>", "username": "buyer"});
    let row = json!({"id": "<id>", "type": "purchase", "amount": 500, "price_per_token": 90, "total_price": 45000,
        "currency_code": "KRW", "status": "completed", "refunded": false, "memo": "Token purchase",
        "created_at": "<time>", "sender": null, "receiver": me, "related_style": null, "related_generation": null});
    let list = user.get("/api/tokens/transactions?type=purchase").await;
    known.data(&list, 200, &page(&json!([row])));

    // All but 50 are spent before the money is given back.
    let spend =
        "UPDATE wallets SET available = 50 WHERE user_id = (SELECT id FROM users WHERE username = 'buyer')";
    platform.execute(spend).await;
    let key = platform
        .payments
        .payment_key(checkout.as_str().expect("an address"));
    platform
        .payments
        .cancel(&key.expect("a key"), None)
        .expect("it is canceled");
    let told = visitor.post("/api/webhooks/toss/payment", &event).await;
    known.data(&told, 200, &json!({"applied": true, "status": "canceled"}));
    known.data(&user.get(&path).await, 200, &state("canceled"));

    let owed = "/api/admin/owed-tokens";
    known.error(&user.get(owed).await, 403, "FORBIDDEN", &Value::Null);
    let admin = platform.user("admin@example.com").await;
    let grant = "UPDATE users SET is_admin = true WHERE username = 'admin'";
    platform.execute(grant).await;
    let row = json!({"order_id": "<text:order>", "user": me, "package_id": "standard_500", "amount_tokens": 500,
        "owed_tokens": 450, "created_at": "<time>", "canceled_at": "<time>"});
    known.data(&admin.get(owed).await, 200, &page(&json!([row])));
    let bounds = json!({"limit": "Must be between 1 and 100."});
    known.error(
        &admin.get(&format!("{owed}?limit=0")).await,
        422,
        "VALIDATION_ERROR",
        &bounds,
    );
    known.shows(BOUGHT);
}

async fn not_bought(platform: &Platform, user: &Client, known: &mut Known) {
    let purchase = async |body: Value| user.post("/api/tokens/purchase", &body).await;
    known.error(
        &purchase(json!({"package_id": "basic_1"})).await,
        400,
        "INVALID_PACKAGE",
        &Value::Null,
    );
    let required = json!({"package_id": "This field is required."});
    known.error(&purchase(json!({})).await, 422, "VALIDATION_ERROR", &required);
    platform
        .payments
        .fail_next(Call::Checkout, Fault::Refused("EXCEED_MAX_AMOUNT"));
    let refused = json!({"provider_code": "EXCEED_MAX_AMOUNT"});
    let answer = purchase(json!({"package_id": "basic_100"})).await;
    known.error(&answer, 402, "PAYMENT_FAILED", &refused);
}
