//! Orders compared with the provider's list.

use testkit::payments::{Call, Fault};

use super::{Buyer, DOWN, PACKAGE, WELCOME};

impl Buyer {
    /// Runs the reconciliation: (nothing is left for a human, what it says).
    async fn reconcile(&self) -> (bool, String) {
        self.platform.command(&["payments", "reconcile"]).await
    }
}

#[tokio::test]
async fn what_was_paid_and_not_credited_is_repaired_once() {
    let buyer = Buyer::new().await;
    let (unheard, ..) = buyer.paid_unheard().await;
    let heard = buyer.bought().await;
    let waiting = buyer.order().await;
    let (clean, said) = buyer.reconcile().await;
    assert!(clean, "{said}");
    assert!(
        said.contains(&format!("{}: repaired, was pending and is paid now", unheard.id)),
        "{said}"
    );
    assert!(said.contains("3 orders compared, 1 repaired, 0 left"), "{said}");
    assert!(!said.contains(&heard.id) && !said.contains(&waiting.id), "{said}");
    buyer.assert_is(&unheard, "paid", WELCOME + 2 * PACKAGE).await;
    let (clean, said) = buyer.reconcile().await;
    assert!(
        clean && said.contains("3 orders compared, 0 repaired, 0 left"),
        "{said}"
    );
    buyer.assert_is(&unheard, "paid", WELCOME + 2 * PACKAGE).await;
}

#[tokio::test]
async fn every_difference_is_listed() {
    let buyer = Buyer::new().await;
    // The provider knows an order that we do not.
    let (forgotten, ..) = buyer.paid_unheard().await;
    let forget = format!("DELETE FROM purchases WHERE order_id = '{}'", forgotten.id);
    buyer.platform.execute(&forget).await;
    // We know a paid order that the provider does not.
    let paid = buyer.bought().await;
    let invent =
        "INSERT INTO purchases (order_id, user_id, package_code, amount_tokens, total_price, currency_code,
             status, expires_at, created_at, updated_at)
         SELECT 'order-invented', id, 'basic_100', 100, 10000, 'KRW', 'paid', now(), now(), now()
           FROM users WHERE username = 'buyer'";
    buyer.platform.execute(invent).await;
    // A buyer left before the money arrived.
    let (late, ..) = buyer.paid_unheard().await;
    let left = format!(
        "UPDATE purchases SET user_id = NULL WHERE order_id = '{}'",
        late.id
    );
    buyer.platform.execute(&left).await;

    // What was paid for an account that is gone is given back, once the provider does that.
    let down = Fault::Refused(DOWN);
    buyer.platform.payments.fail_always(Call::Cancel, Some(down));
    let (clean, said) = buyer.reconcile().await;
    assert!(!clean, "{said}");
    for line in [
        format!(
            "{}: the provider has a payment, we have no such order",
            forgotten.id
        ),
        "order-invented: granted, but the provider has no such payment".to_owned(),
        format!("{}: paid, but the buyer's account is gone", late.id),
        "4 orders compared, 0 repaired, 3 left".to_owned(),
    ] {
        assert!(said.contains(&line), "{line} is not in:\n{said}");
    }
    assert!(!said.contains(&paid.id), "{said}");
    buyer.platform.payments.fail_always(Call::Cancel, None);
    let (_, said) = buyer.reconcile().await;
    let line = format!("{}: repaired, was pending and is canceled now", late.id);
    assert!(said.contains(&line), "{said}");
    let payment = buyer
        .platform
        .payments
        .payment(&buyer.key(&late))
        .expect("a payment");
    assert_eq!(payment["status"], "CANCELED");
    // The invented order also shows in the books.
    let (balanced, said) = buyer.platform.command(&["ledger", "verify"]).await;
    assert!(
        !balanced && said.contains("order order-invented is paid"),
        "{said}"
    );
}

#[tokio::test]
async fn a_payment_of_another_sum_is_listed_and_grants_nothing() {
    let buyer = Buyer::new().await;
    let (order, ..) = buyer.paid_unheard().await;
    buyer
        .platform
        .payments
        .fail_always(Call::Order, Some(Fault::ShowsAmount(100)));
    let (clean, said) = buyer.reconcile().await;
    let line = format!("{}: ordered for 10000", order.id);
    assert!(
        !clean && said.contains(&line) && said.contains("of 100 KRW"),
        "{said}"
    );
    buyer.assert_is(&order, "pending", WELCOME).await;
}

#[tokio::test]
async fn what_cannot_be_read_is_said() {
    let buyer = Buyer::new().await;
    let order = buyer.bought().await;
    let down = Fault::Refused(DOWN);
    buyer
        .platform
        .payments
        .fail_always(Call::Order, Some(down.clone()));
    let (clean, said) = buyer.reconcile().await;
    assert!(
        !clean && said.contains(&format!("{}: not read", order.id)),
        "{said}"
    );
    // Without the provider's list nothing is compared at all.
    buyer
        .platform
        .payments
        .fail_always(Call::Transactions, Some(down));
    let (clean, said) = buyer.reconcile().await;
    assert!(!clean && said.is_empty(), "{said}");
}
