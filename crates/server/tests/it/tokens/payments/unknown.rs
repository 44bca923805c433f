//! Calls with an unknown outcome.

use std::time::Duration;

use testkit::payments::{Call, Fault};

use super::{Buyer, PACKAGE, WELCOME};
use crate::support::{FRONTEND, TIMEOUT};

#[tokio::test]
async fn an_error_after_it_was_done_is_read_before_anything_is_decided() {
    let buyer = Buyer::new().await;
    for code in [
        "ALREADY_PROCESSED_PAYMENT",
        "FAILED_INTERNAL_SYSTEM_PROCESSING",
        "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
    ] {
        let (order, before) = (buyer.order().await, buyer.balance().await);
        let back = buyer.pay(&order).await;
        let payments = &buyer.platform.payments;
        payments.fail_always(Call::Confirm, Some(Fault::DoneButAnswers(code)));
        order.assert_paid(&buyer.user.get(&back).await);
        payments.fail_always(Call::Confirm, None);
        buyer.assert_state(&order, "paid", before + PACKAGE).await;
    }
}

#[tokio::test]
async fn a_confirmation_that_is_never_answered_is_read() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let payments = &buyer.platform.payments;
    payments.fail_always(Call::Confirm, Some(Fault::NoAnswer));
    order.assert_paid(&buyer.user.get(&back).await);
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn what_cannot_be_read_stays_pending_until_it_can() {
    let buyer = Buyer::new().await;
    let (order, _, answer) = buyer.paid_with_lost_answer().await;
    let page = format!("{FRONTEND}/payments/success?order_id={}&status=pending", order.id);
    assert_eq!(answer.location(), page);
    buyer.assert_state(&order, "pending", WELCOME).await;

    // The sweep looks the payment up and grants the tokens.
    buyer.make_due(&order).await;
    buyer.becomes(&order, "paid").await;
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn a_confirmation_that_did_nothing_is_repeated() {
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
async fn a_buyer_who_agreed_while_the_provider_was_down_is_confirmed_by_the_sweep() {
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
    buyer.becomes(&order, "paid").await;
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn a_crash_between_confirmation_and_grant_loses_nothing() {
    let mut buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let payments = &buyer.platform.payments;
    payments.fail_next(Call::Confirm, Fault::Slow(Duration::from_secs(2)));
    let tab = {
        let (http, back) = (reqwest::Client::new(), back.clone());
        tokio::spawn(async move { http.get(back).send().await.is_ok() })
    };
    buyer.until_confirming().await;
    buyer.platform.kill().await;
    assert!(
        !tab.await.expect("the tab ends"),
        "the server answered before it was killed"
    );
    // The provider completes the call although the caller disconnected.
    let key = buyer.key(&order);
    let done = async {
        while buyer.platform.payments.payment(&key).expect("a payment")["status"] != "DONE" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(TIMEOUT, done).await.expect("it is paid");
    buyer.platform.restart().await;
    buyer.assert_state(&order, "pending", WELCOME).await;
    buyer.make_due(&order).await;
    buyer.becomes(&order, "paid").await;
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
    // A repeated return finds the order paid.
    order.assert_paid(&buyer.user.get(&back).await);
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

impl Buyer {
    /// Waits until the sweep has changed the status.
    pub(super) async fn becomes(&self, order: &super::Order, status: &str) {
        let reached = async {
            while self.status(order).await != status {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let reached = tokio::time::timeout(TIMEOUT, reached).await;
        assert!(reached.is_ok(), "{} is {}", order.id, self.status(order).await);
    }
}
