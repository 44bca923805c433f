//! Calls to the provider with an unknown outcome.

use std::time::Duration;

use testkit::payments::{Call, Fault};

use super::{Buyer, PACKAGE, WELCOME};
use crate::support::{FRONTEND, TIMEOUT};

#[tokio::test]
async fn after_an_error_of_the_confirmation_the_payment_is_read() {
    let buyer = Buyer::new().await;
    for code in [
        "ALREADY_PROCESSED_PAYMENT",
        "FAILED_INTERNAL_SYSTEM_PROCESSING",
        "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
    ] {
        let (order, before) = (buyer.order().await, buyer.balance().await);
        let back = buyer.pay(&order).await;
        let payments = &buyer.platform.payments;
        payments.fail_always(Call::Confirm, Some(Fault::ErrorAfterSuccess(code)));
        order.assert_paid(&buyer.user.get(&back).await);
        payments.fail_always(Call::Confirm, None);
        buyer.assert_state(&order, "paid", before + PACKAGE).await;
    }
}

#[tokio::test]
async fn after_a_timeout_of_the_confirmation_the_payment_is_read() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let payments = &buyer.platform.payments;
    payments.fail_always(Call::Confirm, Some(Fault::NoResponse));
    order.assert_paid(&buyer.user.get(&back).await);
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn an_order_stays_pending_until_its_payment_can_be_read() {
    let buyer = Buyer::new().await;
    let (order, _, answer) = buyer.paid_with_lost_response().await;
    let page = format!("{FRONTEND}/payments/success?order_id={}&status=pending", order.id);
    assert_eq!(answer.location(), page);
    buyer.assert_state(&order, "pending", WELCOME).await;

    // The order check reads the payment and grants the tokens.
    buyer.make_due(&order).await;
    buyer.wait_for_status(&order, "paid").await;
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn a_confirmation_without_effect_is_repeated() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let payments = &buyer.platform.payments;
    payments.fail_next(Call::Confirm, Fault::NotReached);
    order.assert_paid(&buyer.user.get(&back).await);
    assert_eq!(payments.calls(Call::Confirm), 2);
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn the_order_check_confirms_payments_after_an_outage_of_the_provider() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let payments = &buyer.platform.payments;
    payments.fail_always(Call::Confirm, Some(Fault::NotReached));
    let answer = buyer.user.get(&back).await;
    assert!(
        answer.location().ends_with("status=pending"),
        "{}",
        answer.location()
    );
    buyer.assert_state(&order, "pending", WELCOME).await;
    payments.fail_always(Call::Confirm, None);
    buyer.make_due(&order).await;
    buyer.wait_for_status(&order, "paid").await;
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn a_crash_between_confirmation_and_grant_loses_nothing() {
    let mut buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let payments = &buyer.platform.payments;
    payments.fail_next(Call::Confirm, Fault::Slow(Duration::from_secs(2)));
    let request = {
        let (http, back) = (reqwest::Client::new(), back.clone());
        tokio::spawn(async move { http.get(back).send().await.is_ok() })
    };
    buyer.until_confirming().await;
    buyer.platform.kill().await;
    assert!(
        !request.await.expect("the request ends"),
        "the server answered before it was killed"
    );
    // The provider completes the call although the server disconnected.
    let key = buyer.key(&order);
    let done = async {
        while buyer.platform.payments.payment(&key).expect("a payment")["status"] != "DONE" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(TIMEOUT, done)
        .await
        .expect("the payment is done");
    buyer.platform.restart().await;
    buyer.assert_state(&order, "pending", WELCOME).await;
    buyer.make_due(&order).await;
    buyer.wait_for_status(&order, "paid").await;
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
    // A repeated return changes nothing.
    order.assert_paid(&buyer.user.get(&back).await);
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

impl Buyer {
    /// Waits until the order check has changed the status.
    pub(super) async fn wait_for_status(&self, order: &super::Order, status: &str) {
        let reached = async {
            while self.status(order).await != status {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let reached = tokio::time::timeout(TIMEOUT, reached).await;
        assert!(reached.is_ok(), "{} is {}", order.id, self.status(order).await);
    }
}
