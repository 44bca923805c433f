//! Money that is given back takes the tokens back: never more than there are.

use domain::payment::PaymentStatus;
use serde_json::json;

use super::{Buyer, PACKAGE, Placed, WELCOME};
use crate::support::stage::at_once;

impl Buyer {
    /// The money is given back at the provider, who tells us so often at the same time. How often something changed.
    async fn canceled(&self, order: &Placed, times: usize) -> usize {
        let (payments, key) = (&self.platform.payments, self.key(order));
        payments.cancel(&key, None).expect("it is canceled");
        let event = payments.event(&key, PaymentStatus::Canceled).expect("an event");
        let told = (0..times).map(|_| {
            let (browser, event) = (self.platform.browser(), event.clone());
            async move { browser.post("/api/webhooks/toss/payment", &event).await }
        });
        let answers = at_once(told).await;
        answers
            .iter()
            .filter(|answer| answer.data(200)["applied"] == true)
            .count()
    }

    async fn owed(&self, order: &Placed) -> i64 {
        let sql = format!(
            "SELECT owed_tokens AS n FROM purchases WHERE order_id = '{}'",
            order.id
        );
        self.platform.count(&sql).await
    }
}

#[tokio::test]
async fn unspent_tokens_go_back_once() {
    let buyer = Buyer::new().await;
    let order = buyer.bought().await;
    assert_eq!(buyer.canceled(&order, 10).await, 1);
    buyer.assert_is(&order, "canceled", WELCOME).await;
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
async fn spent_tokens_are_owed_and_nothing_falls_below_zero() {
    let buyer = Buyer::new().await;
    let order = buyer.bought().await;
    let (_artist, style) = buyer.platform.trained_style(150).await;
    let held = buyer.user.generate(style, "1:1").await.data(201)["id"]
        .as_i64()
        .expect("an id");
    assert_eq!(buyer.balance().await, WELCOME + PACKAGE - 150);
    assert_eq!(buyer.canceled(&order, 3).await, 1);
    assert_eq!(buyer.owed(&order).await, 50);
    buyer.assert_is(&order, "canceled", 0).await;
    // What was held is not touched: it is paid out or comes back as always.
    buyer
        .user
        .post(&format!("/api/generations/{held}/cancel"), &json!({}))
        .await
        .data(200);
    buyer.assert_is(&order, "canceled", 150).await;
}

#[tokio::test]
async fn a_reversal_and_a_hold_at_once_share_what_is_there() {
    let buyer = Buyer::new().await;
    let (_artist, style) = buyer.platform.trained_style(150).await;
    for _ in 0..5 {
        let order = buyer.bought().await;
        let before = buyer.balance().await;
        let (held, applied) = tokio::join!(buyer.user.generate(style, "1:1"), buyer.canceled(&order, 2));
        assert_eq!(applied, 1);
        let spent = if held.status == 201 { 150 } else { 0 };
        // A hold that came first has left less than the package; one that came second found nothing missing.
        let owed = if held.status == 201 {
            (PACKAGE - (before - spent)).max(0)
        } else {
            0
        };
        assert_eq!(buyer.owed(&order).await, owed);
        assert_eq!(buyer.balance().await, before - spent - (PACKAGE - owed));
        buyer.platform.assert_books_balance().await;
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
async fn an_order_canceled_before_it_was_granted_moves_nothing() {
    let buyer = Buyer::new().await;
    let (order, back, _) = buyer.paid_unheard().await;
    assert_eq!(buyer.canceled(&order, 1).await, 1);
    buyer.assert_is(&order, "canceled", WELCOME).await;
    let answer = buyer.user.get(&back).await;
    order.assert_failed(&answer, "payment_failed&code=PAYMENT_FAILED");
    buyer.assert_is(&order, "canceled", WELCOME).await;
}

#[tokio::test]
async fn money_given_back_in_part_is_left_to_a_human() {
    let buyer = Buyer::new().await;
    let order = buyer.bought().await;
    let payments = &buyer.platform.payments;
    payments
        .cancel(&buyer.key(&order), Some(3_000))
        .expect("a part is given back");
    let event = payments
        .event(&buyer.key(&order), PaymentStatus::PartialCanceled)
        .expect("an event");
    let told = buyer
        .platform
        .browser()
        .post("/api/webhooks/toss/payment", &event)
        .await;
    assert_eq!(told.data(200), json!({"applied": false, "status": "paid"}));
    buyer.assert_is(&order, "paid", WELCOME + PACKAGE).await;
    let (clean, said) = buyer.platform.command(&["payments", "reconcile"]).await;
    assert!(
        !clean && said.contains(&order.id) && said.contains("a part of the money"),
        "{said}"
    );
}
