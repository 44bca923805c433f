//! Events of the provider. They are not signed, so the server reads the payment from the provider.

use std::time::Duration;

use domain::tokens::PaymentStatus;
use serde_json::{Value, json};
use testkit::{
    client::Answer,
    payments::{Call, Fault},
};

use super::{Buyer, OUTAGE, PACKAGE, WELCOME};
use crate::support::{
    FRONTEND,
    answers::{assert_data, assert_error},
    fixture::{at_once, outcome},
};

const PATH: &str = "/api/webhooks/toss/payment";

impl Buyer {
    /// Sends an event without a session, as the provider does.
    async fn send_event(&self, event: &Value) -> Answer {
        self.platform.browser().post(PATH, event).await
    }
}

#[tokio::test]
async fn repeated_and_reordered_events_change_nothing() {
    let buyer = Buyer::new().await;
    let order = buyer.paid_order().await;
    let key = buyer.key(&order);
    let event = |status| buyer.platform.payments.event(&key, status).expect("an event");
    for status in [
        PaymentStatus::Done,
        PaymentStatus::Aborted,
        PaymentStatus::Canceled,
        PaymentStatus::InProgress,
        PaymentStatus::Expired,
        PaymentStatus::Done,
    ] {
        assert_data(
            &buyer.send_event(&event(status)).await,
            200,
            &outcome(false, "paid"),
        );
    }
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn an_event_before_the_return_grants_once() {
    let buyer = Buyer::new().await;
    let (order, back, _) = buyer.paid_with_lost_response().await;
    let payments = &buyer.platform.payments;
    let event = payments
        .event(&buyer.key(&order), PaymentStatus::Done)
        .expect("an event");
    let events = (0..10).map(|_| {
        let (browser, event) = (buyer.platform.browser(), event.clone());
        async move { browser.post(PATH, &event).await }
    });
    let answers = at_once(events).await;
    let applied = answers
        .iter()
        .filter(|answer| answer.data(200)["applied"] == true);
    assert_eq!(applied.count(), 1);
    order.assert_paid(&buyer.user.get(&back).await);
    buyer.assert_state(&order, "paid", WELCOME + PACKAGE).await;
}

#[tokio::test]
async fn events_of_the_provider_settle_an_order() {
    let buyer = Buyer::with_events().await;
    let order = buyer.order().await;
    let declined = buyer.platform.payments.decline(&order.payment_url).await;
    declined.expect("the payment is declined");
    buyer.wait_for_status(&order, "failed").await;
    let second = buyer.paid_order().await;
    buyer.assert_state(&second, "paid", WELCOME + PACKAGE).await;
    buyer
        .platform
        .payments
        .cancel(&buyer.key(&second), None)
        .expect("the payment is canceled");
    buyer.wait_for_status(&second, "canceled").await;
    buyer.assert_state(&second, "canceled", WELCOME).await;
}

#[tokio::test]
async fn a_forged_event_grants_nothing() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let key = buyer.key(&order);
    let enveloped = buyer
        .platform
        .payments
        .event(&key, PaymentStatus::Done)
        .expect("an event");
    let flat = json!({"paymentKey": key, "orderId": order.id, "status": "DONE", "totalAmount": 10_000,
        "approvedAt": "2026-11-01T09:00:00+09:00"});
    for event in [enveloped, flat] {
        assert_data(&buyer.send_event(&event).await, 200, &outcome(false, "pending"));
    }
    buyer.assert_state(&order, "pending", WELCOME).await;
}

#[tokio::test]
async fn a_payment_of_another_amount_grants_nothing() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let payments = &buyer.platform.payments;
    for call in [Call::Confirm, Call::Order] {
        payments.fail_always(call, Some(Fault::WrongAmount(100)));
    }
    let answer = buyer.user.get(&back).await;
    let failed = format!(
        "{FRONTEND}/payments/fail?order_id={}&error=payment_failed",
        order.id
    );
    assert!(answer.location().starts_with(&failed), "{}", answer.location());
    let event = payments
        .event(&buyer.key(&order), PaymentStatus::Done)
        .expect("an event");
    assert_data(&buyer.send_event(&event).await, 200, &outcome(false, "pending"));
    buyer.assert_state(&order, "pending", WELCOME).await;
}

#[tokio::test]
async fn meaningless_events_are_accepted_without_a_call() {
    let buyer = Buyer::new().await;
    let nothing = json!({"applied": false, "status": null});
    for event in [
        json!({"orderId": "order-00000000000000000000000000000000", "status": "DONE"}),
        json!({"eventType": "PAYOUT_STATUS_CHANGED", "data": {"seller": 1}}),
        json!({"data": {"orderId": "' OR 1=1 --"}}),
        json!([]),
        json!("DONE"),
    ] {
        assert_data(&buyer.send_event(&event).await, 200, &nothing);
    }
    let browser = buyer.platform.browser();
    let broken = browser
        .request(reqwest::Method::POST, PATH)
        .header("Content-Type", "application/json")
        .body("{\"orderId\":");
    assert_data(&browser.send(broken).await, 200, &nothing);
    for call in [Call::Order, Call::Payment, Call::Confirm] {
        assert_eq!(buyer.platform.payments.calls(call), 0, "{call:?}");
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_processed_is_503() {
    let buyer = Buyer::new().await;
    let order = buyer.paid_order().await;
    let payments = &buyer.platform.payments;
    let event = payments
        .event(&buyer.key(&order), PaymentStatus::Canceled)
        .expect("an event");
    payments.fail_always(Call::Order, Some(Fault::Refused(OUTAGE)));
    assert_error(
        &buyer.send_event(&event).await,
        503,
        "SERVICE_UNAVAILABLE",
        &Value::Null,
    );
    payments.fail_always(Call::Order, None);
    payments
        .cancel(&buyer.key(&order), None)
        .expect("the payment is canceled");
    assert_data(&buyer.send_event(&event).await, 200, &outcome(true, "canceled"));
    assert_data(&buyer.send_event(&event).await, 200, &outcome(false, "canceled"));
}

#[tokio::test]
async fn event_processing_is_limited_and_does_not_delay_confirmations() {
    let buyer = Buyer::new().await;
    let (notified, bought) = (buyer.order().await, buyer.order().await);
    let back = buyer.pay(&bought).await;
    let payments = &buyer.platform.payments;
    payments.fail_always(Call::Order, Some(Fault::Slow(Duration::from_secs(7))));
    let event = payments
        .event(&buyer.key(&notified), PaymentStatus::Done)
        .expect("an event");
    let events = (0..7).map(|_| {
        let (browser, event) = (buyer.platform.browser(), event.clone());
        async move { browser.post(PATH, &event).await }
    });
    let (answers, returned) = tokio::join!(at_once(events), buyer.user.get(&back));
    bought.assert_paid(&returned);
    let (processed, rejected): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((processed.len(), rejected.len()), (4, 3));
    for answer in rejected {
        assert_error(answer, 503, "SERVICE_UNAVAILABLE", &Value::Null);
    }
}
