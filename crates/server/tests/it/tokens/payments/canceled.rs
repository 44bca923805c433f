//! Refunds take back at most the unspent tokens.

use domain::tokens::PaymentStatus;
use serde_json::json;

use super::{Buyer, Order, PACKAGE, WELCOME};
use crate::support::fixture::{at_once, outcome};

impl Buyer {
    /// Cancels the payment at the provider and sends the event concurrently. Returns how many were applied.
    async fn cancel(&self, order: &Order, times: usize) -> usize {
        let (payments, key) = (&self.platform.payments, self.key(order));
        payments.cancel(&key, None).expect("the payment is canceled");
        let event = payments.event(&key, PaymentStatus::Canceled).expect("an event");
        let events = (0..times).map(|_| {
            let (browser, event) = (self.platform.browser(), event.clone());
            async move { browser.post("/api/webhooks/toss/payment", &event).await }
        });
        let answers = at_once(events).await;
        answers
            .iter()
            .filter(|answer| answer.data(200)["applied"] == true)
            .count()
    }

    async fn owed(&self, order: &Order) -> i64 {
        let sql = format!(
            "SELECT owed_tokens AS n FROM purchases WHERE order_id = '{}'",
            order.id
        );
        self.platform.count(&sql).await
    }
}

#[tokio::test]
async fn unspent_tokens_are_taken_back_once() {
    let buyer = Buyer::new().await;
    let order = buyer.paid_order().await;
    assert_eq!(buyer.cancel(&order, 10).await, 1);
    buyer.assert_state(&order, "canceled", WELCOME).await;
    assert_eq!(buyer.owed(&order).await, 0);
    let list = buyer.user.get("/api/tokens/transactions").await.data(200);
    let row = &list["results"][0];
    assert_eq!(
        (&row["type"], &row["amount"], &row["memo"], &row["receiver"]),
        (
            &json!("refund"),
            &json!(PACKAGE),
            &json!("Purchase canceled"),
            &json!(null)
        )
    );
    assert_eq!(row["sender"]["username"], "buyer");
    let refunds = buyer
        .user
        .get("/api/tokens/transactions?type=refund")
        .await
        .data(200);
    assert_eq!(refunds["results"], json!([row]));
}

#[tokio::test]
async fn spent_tokens_are_owed_and_no_balance_is_negative() {
    let buyer = Buyer::new().await;
    let order = buyer.paid_order().await;
    let (_artist, style) = buyer.platform.trained_style(150).await;
    let held = buyer.user.generate(style, "1:1").await.id(201);
    assert_eq!(buyer.balance().await, WELCOME + PACKAGE - 150);
    assert_eq!(buyer.cancel(&order, 3).await, 1);
    assert_eq!(buyer.owed(&order).await, 50);
    buyer.assert_state(&order, "canceled", 0).await;
    // Held tokens are not affected: they are captured or released as usual.
    buyer
        .user
        .post(&format!("/api/generations/{held}/cancel"), &json!({}))
        .await
        .data(200);
    buyer.assert_state(&order, "canceled", 150).await;
}

#[tokio::test]
async fn a_concurrent_reversal_and_hold_never_overdraw() {
    let buyer = Buyer::new().await;
    let (_artist, style) = buyer.platform.trained_style(150).await;
    for _ in 0..5 {
        let order = buyer.paid_order().await;
        let before = buyer.balance().await;
        let (held, applied) = tokio::join!(buyer.user.generate(style, "1:1"), buyer.cancel(&order, 2));
        assert_eq!(applied, 1);
        let spent = if held.status == 201 { 150 } else { 0 };
        // The result depends on whether the hold or the reversal came first.
        let owed = if held.status == 201 {
            (PACKAGE - (before - spent)).max(0)
        } else {
            0
        };
        assert_eq!(buyer.owed(&order).await, owed);
        assert_eq!(buyer.balance().await, before - spent - (PACKAGE - owed));
        buyer.platform.assert_ledger_balances().await;
        if held.status == 201 {
            let id = &held.data(201)["id"];
            buyer
                .user
                .post(&format!("/api/generations/{id}/cancel"), &json!({}))
                .await
                .data(200);
        }
    }
}

#[tokio::test]
async fn an_order_canceled_before_it_was_granted_moves_no_tokens() {
    let buyer = Buyer::new().await;
    let (order, back, _) = buyer.paid_with_lost_response().await;
    assert_eq!(buyer.cancel(&order, 1).await, 1);
    buyer.assert_state(&order, "canceled", WELCOME).await;
    let answer = buyer.user.get(&back).await;
    order.assert_failed(&answer, "payment_failed&code=PAYMENT_FAILED");
    buyer.assert_state(&order, "canceled", WELCOME).await;
}

#[tokio::test]
async fn a_partial_refund_needs_manual_action() {
    let buyer = Buyer::new().await;
    let order = buyer.paid_order().await;
    let payments = &buyer.platform.payments;
    payments
        .cancel(&buyer.key(&order), Some(3_000))
        .expect("the payment is partially refunded");
    let event = payments
        .event(&buyer.key(&order), PaymentStatus::PartialCanceled)
        .expect("an event");
    let events = buyer
        .platform
        .browser()
        .post("/api/webhooks/toss/payment", &event)
        .await;
    assert_eq!(events.data(200), outcome(false, "paid"));
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
    let (clean, output) = buyer.platform.command(&["payments", "reconcile"]).await;
    assert!(
        !clean && output.contains(&order.id) && output.contains("a part of the money"),
        "{output}"
    );
}
