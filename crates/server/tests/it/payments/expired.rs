//! Orders that were not paid in time, and buyers who left.

use serde_json::json;
use testkit::payments::{Call, Fault};

use super::{Buyer, PACKAGE, WELCOME};

#[tokio::test]
async fn an_expired_order_is_never_confirmed() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.agree(&order).await;
    buyer.outlive(&order).await;
    buyer.assert_failed(&buyer.user.get(&back).await, &order, "purchase_expired");
    buyer.becomes(&order, "expired").await;
    buyer.assert_failed(&buyer.user.get(&back).await, &order, "purchase_expired");
    assert_eq!(buyer.platform.payments.calls(Call::Confirm), 0);
    buyer.assert_is(&order, "expired", WELCOME).await;
}

#[tokio::test]
async fn the_sweep_ends_what_nobody_paid_and_what_was_refused() {
    let buyer = Buyer::new().await;
    let (unpaid, refused) = (buyer.order().await, buyer.order().await);
    let payments = &buyer.platform.payments;
    payments
        .decline(&refused.payment_url)
        .await
        .expect("the page takes it");
    let waiting = buyer.order().await;
    for order in [&unpaid, &refused] {
        buyer.outlive(order).await;
    }
    buyer.becomes(&unpaid, "expired").await;
    let ended = buyer.status(&refused).await;
    assert!(["failed", "expired"].contains(&ended.as_str()), "{ended}");
    buyer.assert_is(&waiting, "pending", WELCOME).await;
}

#[tokio::test]
async fn money_that_was_taken_is_granted_although_the_order_had_expired() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.agree(&order).await;
    let payments = &buyer.platform.payments;
    payments.fail_always(
        Call::Confirm,
        Some(Fault::DoneButAnswers("FAILED_INTERNAL_SYSTEM_PROCESSING")),
    );
    payments.fail_always(
        Call::Order,
        Some(Fault::Refused("FAILED_INTERNAL_SYSTEM_PROCESSING")),
    );
    buyer.user.get(&back).await;
    let expire = format!(
        "UPDATE purchases SET status = 'expired' WHERE order_id = '{}'",
        order.id
    );
    buyer.platform.execute(&expire).await;
    payments.fail_always(Call::Order, None);
    let confirmed = payments.calls(Call::Confirm);
    buyer.assert_paid(&buyer.user.get(&back).await, &order);
    assert_eq!(
        payments.calls(Call::Confirm),
        confirmed,
        "read, and not confirmed again"
    );
    buyer.assert_is(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn the_sweep_asks_again_while_the_provider_is_down() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let payments = &buyer.platform.payments;
    payments.fail_always(
        Call::Order,
        Some(Fault::Refused("FAILED_INTERNAL_SYSTEM_PROCESSING")),
    );
    buyer.outlive(&order).await;
    let asked = async {
        while payments.calls(Call::Order) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(crate::support::PATIENCE, asked)
        .await
        .expect("the sweep asks");
    buyer.assert_is(&order, "pending", WELCOME).await;
    payments.fail_always(Call::Order, None);
    buyer.becomes(&order, "expired").await;
}

#[tokio::test]
async fn nobody_pays_for_an_account_that_is_gone() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.agree(&order).await;
    assert_eq!(buyer.user.delete("/api/users/me").await.status, 204);
    let answer = buyer.platform.browser().get(&back).await;
    buyer.assert_failed(&answer, &order, "purchase_expired");
    assert_eq!(buyer.platform.payments.calls(Call::Confirm), 0);
    let granted = buyer
        .platform
        .count("SELECT count(*) AS n FROM token_transactions WHERE kind = 'purchase'")
        .await;
    assert_eq!(granted, 0);
    buyer.platform.assert_books_balance().await;
    // An account that was just erased buys nothing.
    let answer = buyer
        .user
        .post("/api/tokens/purchase", &json!({"package_id": "basic_100"}))
        .await;
    assert_eq!(answer.status, 401);
}
