//! Answers of balances, transactions, purchases and owed tokens.

use serde_json::{Value, json};
use testkit::payments::{Call, Fault};

use crate::support::{
    Platform,
    answers::{Answers, assert_answers},
    fixture::{FINAL_FAILURE, Fixture},
};

#[tokio::test]
async fn balances_and_transactions_in_every_state() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let (balance, list) = ("/api/tokens/balance", "/api/tokens/transactions");
    let (made, failed, open) = (
        fixture.create_generation().await,
        fixture.create_generation().await,
        fixture.create_generation().await,
    );
    answers.add(&fixture.user.get(balance).await);
    fixture.complete(made).await;
    fixture.fail(failed, FINAL_FAILURE).await;
    answers.add(&fixture.user.get(balance).await);
    answers.add(&fixture.artist.get(balance).await);
    for query in [
        "",
        "?limit=1",
        "?type=usage",
        "?type=refund",
        "?type=welcome",
        "?type=purchase",
    ] {
        answers.add(&fixture.user.get(&format!("{list}{query}")).await);
    }
    // The artist sees the same rows, without the private image.
    answers.add(&fixture.artist.get(list).await);
    answers.add(&fixture.user.get(&format!("{list}?type=gift&limit=0")).await);
    assert_eq!(fixture.generation(open).await["status"], "queued");
    assert_answers!(answers, &fixture.platform);
}

#[tokio::test]
async fn tokens_are_bought_spent_and_reversed() {
    let platform = Platform::start().await;
    let (user, visitor) = (platform.user("buyer@example.com").await, platform.browser());
    let mut answers = Answers::new();
    answers.add(&visitor.get("/api/tokens/packages").await);
    let purchase = async |body: Value| user.post("/api/tokens/purchase", &body).await;
    answers.add(&purchase(json!({"package_id": "basic_1"})).await);
    answers.add(&purchase(json!({})).await);
    let refusal = Fault::Refused("EXCEED_MAX_AMOUNT");
    platform.payments.fail_next(Call::Checkout, refusal);
    answers.add(&purchase(json!({"package_id": "basic_100"})).await);

    let placed = answers.add(&purchase(json!({"package_id": "standard_500"})).await);
    let (id, checkout) = (
        placed["order_id"].as_str().unwrap(),
        placed["payment_url"].as_str().unwrap(),
    );
    let path = format!("/api/tokens/purchases/{id}");
    answers.add(&user.get(&path).await);
    answers.add(&user.get(&format!("{path}-0")).await);

    let back = platform
        .payments
        .pay(checkout)
        .await
        .expect("the checkout succeeds");
    answers.add(&visitor.get(&back).await);
    let failed = "/api/payments/toss/fail?code=PAY_PROCESS_CANCELED&message=x";
    answers.add(&visitor.get(failed).await);
    answers.add(&user.get(&path).await);
    let event = json!({"eventType": "PAYMENT_STATUS_CHANGED", "createdAt": "2026-11-01T09:00:00.000000",
        "data": {"orderId": id, "status": "DONE"}});
    answers.add(&visitor.post("/api/webhooks/toss/payment", &event).await);
    answers.add(&user.get("/api/tokens/transactions?type=purchase").await);

    // All tokens except 50 are spent before the refund.
    let spend =
        "UPDATE wallets SET available = 50 WHERE user_id = (SELECT id FROM users WHERE username = 'buyer')";
    platform.execute(spend).await;
    let key = platform.payments.payment_key(checkout).expect("a key");
    platform.payments.cancel(&key, None).expect("it is canceled");
    answers.add(&visitor.post("/api/webhooks/toss/payment", &event).await);
    answers.add(&user.get(&path).await);

    let owed = "/api/admin/owed-tokens";
    answers.add(&user.get(owed).await);
    let admin = platform.user("admin@example.com").await;
    platform.make_admin("admin").await;
    answers.add(&admin.get(owed).await);
    answers.add(&admin.get(&format!("{owed}?limit=0")).await);
    assert_answers!(answers, &platform);
}
