//! Expired orders, and orders of deleted accounts.

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
    buyer.wait_for_status(&order, "expired").await;
    order.assert_failed(&buyer.user.get(&back).await, "purchase_expired");
    assert_eq!(buyer.platform.payments.calls(Call::Confirm), 0);
    buyer.assert_state(&order, "expired", WELCOME).await;
}

#[tokio::test]
async fn the_order_check_ends_unpaid_and_refused_orders() {
    let buyer = Buyer::new().await;
    let (unpaid, refused) = (buyer.order().await, buyer.order().await);
    let payments = &buyer.platform.payments;
    payments
        .decline(&refused.payment_url)
        .await
        .expect("the checkout ends");
    let waiting = buyer.order().await;
    for order in [&unpaid, &refused] {
        buyer.expire(order).await;
    }
    buyer.wait_for_status(&unpaid, "expired").await;
    buyer.wait_for_status(&refused, "failed").await;
    buyer.assert_state(&waiting, "pending", WELCOME).await;
}

#[tokio::test]
async fn a_payment_of_an_expired_order_is_granted() {
    let buyer = Buyer::new().await;
    let (order, back, _) = buyer.paid_with_lost_response().await;
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
        "the payment is read and not confirmed again"
    );
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn the_order_check_retries_while_the_provider_is_down() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let payments = &buyer.platform.payments;
    payments.fail_always(Call::Order, Some(Fault::Refused(OUTAGE)));
    buyer.expire(&order).await;
    let reading = async {
        while payments.calls(Call::Order) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(crate::support::TIMEOUT, reading)
        .await
        .expect("the order check reads the payment");
    buyer.assert_state(&order, "pending", WELCOME).await;
    payments.fail_always(Call::Order, None);
    // The order was postponed by 30 seconds.
    buyer.make_due(&order).await;
    buyer.wait_for_status(&order, "expired").await;
}

#[tokio::test]
async fn a_deleted_account_is_not_charged() {
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
    let answer = buyer
        .user
        .post("/api/tokens/purchase", &json!({"package_id": "basic_100"}))
        .await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_deactivated_account_is_not_charged() {
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
        .expect("the checkout ends");
    // Another user has used the style, so the account is deactivated instead of deleted.
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
async fn a_payment_during_the_deletion_of_the_account_is_refunded() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let payments = &buyer.platform.payments;
    payments.fail_next(Call::Confirm, Fault::Slow(std::time::Duration::from_secs(3)));
    let request = {
        let (browser, back) = (buyer.platform.browser(), back.clone());
        tokio::spawn(async move { browser.get(&back).await })
    };
    buyer.until_confirming().await;
    assert_eq!(buyer.user.delete("/api/users/me").await.status, 204);
    let answer = request.await.expect("the request ends");
    order.assert_failed(&answer, "payment_failed&code=PAYMENT_FAILED");
    let payment = payments.payment(&buyer.key(&order)).expect("a payment");
    assert_eq!(payment["status"], "CANCELED");
    let canceled = "SELECT count(*) AS n FROM purchases WHERE status = 'canceled' AND user_id IS NULL";
    assert_eq!(buyer.platform.count(canceled).await, 1);
    let granted = "SELECT count(*) AS n FROM token_transactions WHERE kind = 'purchase'";
    assert_eq!(buyer.platform.count(granted).await, 0);
    buyer.platform.assert_ledger_balances().await;
}
