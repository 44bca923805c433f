//! Expired orders, and buyers who deleted their account.

use serde_json::json;
use testkit::payments::{Call, Fault};

use super::{Buyer, OUTAGE, PACKAGE, WELCOME};

#[tokio::test]
async fn an_expired_order_is_never_confirmed() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    buyer.expire(&order).await;
    order.assert_failed(&buyer.user.get(&back).await, "purchase_expired");
    buyer.becomes(&order, "expired").await;
    order.assert_failed(&buyer.user.get(&back).await, "purchase_expired");
    assert_eq!(buyer.platform.payments.calls(Call::Confirm), 0);
    buyer.assert_state(&order, "expired", WELCOME).await;
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
        buyer.expire(order).await;
    }
    buyer.becomes(&unpaid, "expired").await;
    buyer.becomes(&refused, "failed").await;
    buyer.assert_state(&waiting, "pending", WELCOME).await;
}

#[tokio::test]
async fn money_that_was_taken_is_granted_although_the_order_had_expired() {
    let buyer = Buyer::new().await;
    let (order, back, _) = buyer.paid_with_lost_answer().await;
    let payments = &buyer.platform.payments;
    let expire = format!(
        "UPDATE purchases SET status = 'expired' WHERE order_id = '{}'",
        order.id
    );
    buyer.platform.execute(&expire).await;
    let confirmed = payments.calls(Call::Confirm);
    order.assert_paid(&buyer.user.get(&back).await);
    assert_eq!(
        payments.calls(Call::Confirm),
        confirmed,
        "read, and not confirmed again"
    );
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn the_sweep_asks_again_while_the_provider_is_down() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let payments = &buyer.platform.payments;
    payments.fail_always(Call::Order, Some(Fault::Refused(OUTAGE)));
    buyer.expire(&order).await;
    let asked = async {
        while payments.calls(Call::Order) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(crate::support::TIMEOUT, asked)
        .await
        .expect("the sweep asks");
    buyer.assert_state(&order, "pending", WELCOME).await;
    payments.fail_always(Call::Order, None);
    // It was rescheduled by 30 seconds.
    buyer.make_due(&order).await;
    buyer.becomes(&order, "expired").await;
}

#[tokio::test]
async fn nobody_pays_for_an_account_that_is_gone() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    assert_eq!(buyer.user.delete("/api/users/me").await.status, 204);
    let answer = buyer.platform.browser().get(&back).await;
    order.assert_failed(&answer, "purchase_expired");
    assert_eq!(buyer.platform.payments.calls(Call::Confirm), 0);
    let granted = buyer
        .platform
        .count_rows("token_transactions WHERE kind = 'purchase'")
        .await;
    assert_eq!(granted, 0);
    buyer.platform.assert_ledger_balances().await;
    // An erased account gets no tokens.
    let answer = buyer
        .user
        .post("/api/tokens/purchase", &json!({"package_id": "basic_100"}))
        .await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn nobody_is_charged_who_cannot_sign_in_any_more() {
    let buyer = Buyer::new().await;
    let (artist, style) = buyer.platform.trained_style(10).await;
    let made = buyer.user.generate(style, "1:1").await.id(201);
    let completion = buyer.platform.completion(made);
    buyer.platform.report("inference/complete", &completion).await;
    let placed = artist
        .post("/api/tokens/purchase", &json!({"package_id": "basic_100"}))
        .await
        .data(201);
    let page = placed["payment_url"].as_str().expect("an address");
    let back = buyer
        .platform
        .payments
        .pay(page)
        .await
        .expect("the page takes it");
    // Others have used the style, so the account is deactivated and not erased.
    assert_eq!(artist.delete("/api/users/me").await.status, 204);
    let answer = buyer.platform.browser().get(&back).await;
    assert!(
        answer.location().ends_with("error=purchase_expired"),
        "{}",
        answer.location()
    );
    assert_eq!(buyer.platform.payments.calls(Call::Confirm), 0);
    buyer.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn money_taken_while_the_account_is_erased_is_given_back() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let payments = &buyer.platform.payments;
    payments.fail_next(Call::Confirm, Fault::Slow(std::time::Duration::from_secs(3)));
    let tab = {
        let (tab, back) = (buyer.platform.browser(), back.clone());
        tokio::spawn(async move { tab.get(&back).await })
    };
    buyer.until_confirming().await;
    assert_eq!(buyer.user.delete("/api/users/me").await.status, 204);
    let answer = tab.await.expect("the tab ends");
    order.assert_failed(&answer, "payment_failed&code=PAYMENT_FAILED");
    let payment = payments.payment(&buyer.key(&order)).expect("a payment");
    assert_eq!(payment["status"], "CANCELED");
    let canceled = "SELECT count(*) AS n FROM purchases WHERE status = 'canceled' AND user_id IS NULL";
    assert_eq!(buyer.platform.count(canceled).await, 1);
    let granted = "SELECT count(*) AS n FROM token_transactions WHERE kind = 'purchase'";
    assert_eq!(buyer.platform.count(granted).await, 0);
    buyer.platform.assert_ledger_balances().await;
}
