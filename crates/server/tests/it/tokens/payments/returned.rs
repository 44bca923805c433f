//! Returns of browsers, whose parameters are not trusted.

use testkit::payments::Call;
use url::Url;

use super::{Buyer, Order, PRICE, WELCOME};
use crate::support::FRONTEND;

/// The return URL with one parameter changed.
fn forged(back: &str, name: &str, value: &str) -> String {
    let mut url = Url::parse(back).expect("an address");
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(key, old)| {
            let new = if key == name {
                value.to_owned()
            } else {
                old.into_owned()
            };
            (key.into_owned(), new)
        })
        .collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.into()
}

#[tokio::test]
async fn a_forged_amount_or_key_grants_nothing() {
    let buyer = Buyer::new().await;
    let (order, second) = (buyer.order().await, buyer.order().await);
    let back = buyer.pay(&order).await;
    for amount in ["1", "9999.99", "10001", "-10000", "0"] {
        let answer = buyer.user.get(&forged(&back, "amount", amount)).await;
        order.assert_failed(&answer, "invalid_return");
    }
    let answer = buyer.user.get(&forged(&back, "paymentKey", "another")).await;
    order.assert_failed(&answer, "invalid_return");
    // The payment of one order does not pay another order.
    let answer = buyer.user.get(&forged(&back, "orderId", &second.id)).await;
    second.assert_failed(&answer, "invalid_return");
    assert_eq!(buyer.platform.payments.calls(Call::Confirm), 0);
    buyer.assert_state(&order, "pending", WELCOME).await;
    buyer.assert_state(&second, "pending", WELCOME).await;
    // 10000.00 and 10000 are the same amount.
    let answer = buyer
        .user
        .get(&forged(&back, "amount", &format!("{PRICE}.00")))
        .await;
    order.assert_paid(&answer);
}

#[tokio::test]
async fn an_unknown_order_makes_no_call() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.pay(&order).await;
    let unknown = Order {
        id: "order-00000000000000000000000000000000".into(),
        payment_url: String::new(),
    };
    let answer = buyer.user.get(&forged(&back, "orderId", &unknown.id)).await;
    unknown.assert_failed(&answer, "unknown_order");
    let fail = format!(
        "{}/api/payments/toss/fail?code=X&orderId={}",
        buyer.platform.base, unknown.id
    );
    unknown.assert_failed(&buyer.user.get(&fail).await, "unknown_order");
    for call in [Call::Confirm, Call::Order, Call::Payment] {
        assert_eq!(buyer.platform.payments.calls(call), 0, "{call:?}");
    }
}

#[tokio::test]
async fn an_invalid_return_is_redirected_to_the_failure_page() {
    let buyer = Buyer::new().await;
    let start = format!("{}/api/payments/toss/success", buyer.platform.base);
    for query in [
        "",
        "?paymentKey=k&orderId=order-1",
        "?paymentKey=k&orderId=%3Cscript%3E&amount=1",
        "?paymentKey=k&orderId=order-1&amount=ten",
        "?paymentKey=k&paymentKey=k&orderId=order-1&amount=1",
    ] {
        let answer = buyer.user.get(&format!("{start}{query}")).await;
        assert_eq!(answer.status, 302, "{query}");
        assert_eq!(
            answer.location(),
            format!("{FRONTEND}/payments/fail?error=invalid_return")
        );
    }
}

#[tokio::test]
async fn a_refused_card_fails_the_order() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let payments = &buyer.platform.payments;
    let back = payments
        .pay_with_test_code(&order.payment_url, "REJECT_CARD_COMPANY")
        .await
        .expect("the checkout ends");
    let answer = buyer.user.get(&back).await;
    order.assert_failed(&answer, "payment_failed&code=REJECT_CARD_COMPANY");
    buyer.assert_state(&order, "failed", WELCOME).await;
    // A repeated return changes nothing and confirms nothing.
    let confirmations = payments.calls(Call::Confirm);
    let answer = buyer.user.get(&back).await;
    order.assert_failed(&answer, "payment_failed&code=PAYMENT_FAILED");
    assert_eq!(payments.calls(Call::Confirm), confirmations);
    buyer.assert_state(&order, "failed", WELCOME).await;
}

#[tokio::test]
async fn a_declined_payment_grants_nothing() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.platform.payments.decline(&order.payment_url).await;
    let answer = buyer.user.get(&back.expect("the checkout ends")).await;
    let start = format!(
        "{FRONTEND}/payments/fail?order_id={}&error=payment_failed&code=",
        order.id
    );
    assert!(answer.location().starts_with(&start), "{}", answer.location());
    assert_eq!(buyer.balance().await, WELCOME);
}

#[tokio::test]
async fn a_canceled_checkout_can_be_paid_later() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let back = buyer.platform.payments.cancel_checkout(&order.payment_url).await;
    let answer = buyer.user.get(&back.expect("the checkout ends")).await;
    // The provider sends no order id if the buyer cancels.
    let page = format!("{FRONTEND}/payments/fail?error=payment_failed&code=PAY_PROCESS_CANCELED");
    assert_eq!(answer.location(), page);
    buyer.assert_state(&order, "pending", WELCOME).await;
    let back = buyer.pay(&order).await;
    order.assert_paid(&buyer.user.get(&back).await);
}

#[tokio::test]
async fn a_forged_failure_does_not_end_an_order() {
    let buyer = Buyer::new().await;
    let order = buyer.order().await;
    let fail = format!(
        "{}/api/payments/toss/fail?code=%3Cb%3E&message=no&orderId={}",
        buyer.platform.base, order.id
    );
    let answer = buyer.platform.browser().get(&fail).await;
    order.assert_failed(&answer, "payment_failed");
    buyer.assert_state(&order, "pending", WELCOME).await;
    let paid = buyer.paid_order().await;
    let fail = fail.replace(&order.id, &paid.id);
    paid.assert_paid(&buyer.user.get(&fail).await);
}
