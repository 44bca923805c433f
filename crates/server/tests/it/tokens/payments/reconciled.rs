//! Reconciliation with the provider's list.

use testkit::payments::{Call, Fault};

use super::{Buyer, OUTAGE, PACKAGE, WELCOME};

impl Buyer {
    /// Runs `payments reconcile`: (success, output).
    async fn reconcile(&self) -> (bool, String) {
        self.platform.command(&["payments", "reconcile"]).await
    }
}

#[tokio::test]
async fn a_paid_order_without_tokens_is_repaired_once() {
    let buyer = Buyer::new().await;
    let (unconfirmed, ..) = buyer.paid_with_lost_response().await;
    let confirmed = buyer.paid_order().await;
    let waiting = buyer.order().await;
    let (clean, output) = buyer.reconcile().await;
    assert!(clean, "{output}");
    assert!(
        output.contains(&format!(
            "{}: repaired, was pending and is paid now",
            unconfirmed.id
        )),
        "{output}"
    );
    assert!(
        output.contains("3 orders compared, 1 repaired, 0 left"),
        "{output}"
    );
    assert!(
        !output.contains(&confirmed.id) && !output.contains(&waiting.id),
        "{output}"
    );
    buyer
        .assert_state(&unconfirmed, "paid", WELCOME + 2 * PACKAGE)
        .await;
    let (clean, output) = buyer.reconcile().await;
    assert!(
        clean && output.contains("3 orders compared, 0 repaired, 0 left"),
        "{output}"
    );
    buyer
        .assert_state(&unconfirmed, "paid", WELCOME + 2 * PACKAGE)
        .await;
}

#[tokio::test]
async fn every_difference_is_listed() {
    let buyer = Buyer::new().await;
    // An order that only the provider knows.
    let (forgotten, ..) = buyer.paid_with_lost_response().await;
    let delete = format!("DELETE FROM purchases WHERE order_id = '{}'", forgotten.id);
    buyer.platform.execute(&delete).await;
    // A paid order that the provider does not know.
    let paid = buyer.paid_order().await;
    let insert =
        "INSERT INTO purchases (order_id, user_id, package_code, amount_tokens, total_price, currency_code,
             status, expires_at, created_at, updated_at)
         SELECT 'order-invented', id, 'basic_100', 100, 10000, 'KRW', 'paid', now(), now(), now()
           FROM users WHERE username = 'buyer'";
    buyer.platform.execute(insert).await;
    // An order whose buyer deleted the account before the payment was confirmed.
    let (late, ..) = buyer.paid_with_lost_response().await;
    let detach = format!(
        "UPDATE purchases SET user_id = NULL WHERE order_id = '{}'",
        late.id
    );
    buyer.platform.execute(&detach).await;

    // The payment of a deleted account is refunded when the provider answers again.
    let down = Fault::Refused(OUTAGE);
    buyer.platform.payments.fail_always(Call::Cancel, Some(down));
    let (clean, output) = buyer.reconcile().await;
    assert!(!clean, "{output}");
    for line in [
        format!(
            "{}: the provider has a payment, we have no such order",
            forgotten.id
        ),
        "order-invented: granted, but the provider has no such payment".to_owned(),
        format!("{}: paid, but the buyer's account is gone", late.id),
        "4 orders compared, 0 repaired, 3 left".to_owned(),
    ] {
        assert!(output.contains(&line), "{line} is not in:\n{output}");
    }
    assert!(!output.contains(&paid.id), "{output}");
    buyer.platform.payments.fail_always(Call::Cancel, None);
    let (_, output) = buyer.reconcile().await;
    let line = format!("{}: repaired, was pending and is canceled now", late.id);
    assert!(output.contains(&line), "{output}");
    let payment = buyer
        .platform
        .payments
        .payment(&buyer.key(&late))
        .expect("a payment");
    assert_eq!(payment["status"], "CANCELED");
    // `ledger verify` also reports the inserted order.
    let (balanced, output) = buyer.platform.command(&["ledger", "verify"]).await;
    assert!(
        !balanced && output.contains("order order-invented is paid"),
        "{output}"
    );
}

#[tokio::test]
async fn a_payment_of_another_amount_is_listed_and_grants_nothing() {
    let buyer = Buyer::new().await;
    let (order, ..) = buyer.paid_with_lost_response().await;
    buyer
        .platform
        .payments
        .fail_always(Call::Order, Some(Fault::WrongAmount(100)));
    let (clean, output) = buyer.reconcile().await;
    let line = format!("{}: ordered for 10000", order.id);
    assert!(
        !clean && output.contains(&line) && output.contains("of 100 KRW"),
        "{output}"
    );
    buyer.assert_state(&order, "pending", WELCOME).await;
}

#[tokio::test]
async fn unreadable_payments_are_listed() {
    let buyer = Buyer::new().await;
    let order = buyer.paid_order().await;
    let down = Fault::Refused(OUTAGE);
    buyer
        .platform
        .payments
        .fail_always(Call::Order, Some(down.clone()));
    let (clean, output) = buyer.reconcile().await;
    assert!(
        !clean && output.contains(&format!("{}: not read", order.id)),
        "{output}"
    );
    // Without the provider's list nothing is compared.
    buyer
        .platform
        .payments
        .fail_always(Call::Transactions, Some(down));
    let (clean, output) = buyer.reconcile().await;
    assert!(!clean && output.is_empty(), "{output}");
}
