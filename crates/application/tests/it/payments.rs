//! What a return and the sweep decide when database or provider fail.

use std::sync::Arc;

use domain::{
    Money, StorageError, Tokens, UserId,
    tokens::{
        MockPaymentProvider, MockPurchaseQueries, MockPurchases, ORDER_LIFETIME, Order, OrderId, OrderState,
        Payment, PaymentError, PaymentStatus,
    },
};
use mockall::predicate::{always, eq};
use stylelicense_application::tokens::{PaymentService, ReturnError, Returned, SettleError};
use uuid::Uuid;

use crate::support::{clock, ids, now};

fn order(number: u128, state: OrderState) -> Order {
    Order {
        id: OrderId::of(Uuid::from_u128(number)),
        buyer: Some(UserId(1)),
        buyer_is_active: true,
        package: "basic_100".into(),
        amount: Tokens::WELCOME_BONUS,
        price: won(10_000),
        state,
        payment_key: "key".into(),
        payment_status: None,
        expires_at: now() + ORDER_LIFETIME,
        created_at: now(),
    }
}

fn won(amount: i64) -> Money {
    Money {
        amount: amount.into(),
        currency: "KRW".into(),
    }
}

fn payment(order: &Order, status: PaymentStatus) -> Payment {
    Payment {
        payment_key: "key".into(),
        order_id: order.id.to_string(),
        status,
        total: won(10_000),
        approved_at: None,
    }
}

fn service(purchases: MockPurchases, provider: MockPaymentProvider) -> PaymentService {
    let queries = Arc::new(MockPurchaseQueries::new());
    PaymentService {
        purchases: Arc::new(purchases),
        queries,
        provider: Some(Arc::new(provider)),
        clock: clock(),
        ids: ids(),
    }
}

fn returned(order: &Order) -> Returned {
    Returned {
        order: order.id.clone(),
        payment_key: "key".into(),
        amount: order.price.amount,
    }
}

fn down() -> StorageError {
    StorageError::Unavailable("gone".into())
}

/// A database that knows this order and takes any time to look at it.
fn knowing(order: &Order) -> MockPurchases {
    let mut purchases = MockPurchases::new();
    let found = order.clone();
    purchases
        .expect_find()
        .returning(move |_| Ok(Some(found.clone())));
    purchases.expect_look_at().returning(|_, _| Ok(true));
    purchases
}

#[tokio::test]
async fn a_database_that_fails_after_the_money_was_taken_does_not_make_it_a_failure() {
    let order = order(1, OrderState::Pending);
    let mut purchases = knowing(&order);
    purchases.expect_grant().times(1).returning(|_| Err(down()));
    let mut provider = MockPaymentProvider::new();
    let done = payment(&order, PaymentStatus::Done);
    provider
        .expect_confirm()
        .times(1)
        .returning(move |_, _, _| Ok(done.clone()));
    let end = service(purchases, provider)
        .on_success_return(returned(&order))
        .await;
    assert!(matches!(end, Ok(OrderState::Pending)), "{end:?}");
}

#[tokio::test]
async fn an_order_is_to_be_looked_at_soon_before_its_payment_is_confirmed() {
    let order = order(1, OrderState::Pending);
    let mut purchases = MockPurchases::new();
    let found = order.clone();
    purchases
        .expect_find()
        .returning(move |_| Ok(Some(found.clone())));
    // Somebody else has ended it in between: nobody is charged.
    let soon = now() + std::time::Duration::from_secs(30);
    purchases
        .expect_look_at()
        .with(always(), eq(soon))
        .times(1)
        .returning(|_, _| Ok(false));
    let mut provider = MockPaymentProvider::new();
    provider.expect_confirm().never();
    provider
        .expect_payment_of_order()
        .times(1)
        .returning(|_| Ok(None));
    let end = service(purchases, provider)
        .on_success_return(returned(&order))
        .await;
    assert!(matches!(end, Err(ReturnError::Expired)), "{end:?}");
}

#[tokio::test]
async fn what_cannot_be_read_of_an_order_that_has_ended_is_not_called_pending() {
    let order = order(1, OrderState::Failed);
    let mut provider = MockPaymentProvider::new();
    provider
        .expect_payment_of_order()
        .returning(|_| Err(PaymentError::Unknown("it did not answer in time".into())));
    let end = service(knowing(&order), provider)
        .on_success_return(returned(&order))
        .await;
    assert!(
        matches!(end, Err(ReturnError::Settle(SettleError::Provider(_)))),
        "{end:?}"
    );
}

/// A database in which these orders are due.
fn due(orders: &[Order]) -> MockPurchases {
    let mut purchases = MockPurchases::new();
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id.clone()).collect();
    purchases.expect_due().returning(move |_, _| Ok(ids.clone()));
    for order in orders.iter().cloned() {
        let id = order.id.clone();
        purchases
            .expect_find()
            .with(eq(id))
            .returning(move |_| Ok(Some(order.clone())));
    }
    purchases
}

fn overdue(number: u128) -> Order {
    Order {
        expires_at: now() - ORDER_LIFETIME,
        ..order(number, OrderState::Pending)
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_settled_is_put_off_and_keeps_nobody_waiting() {
    let orders = [overdue(1), overdue(2)];
    let mut purchases = due(&orders);
    let bad = orders[0].id.clone();
    let status = bad.clone();
    purchases.expect_grant().times(2).returning(move |seen| {
        if seen.id == status {
            Err(StorageError::Corrupt("odd".into()))
        } else {
            Ok(true)
        }
    });
    purchases
        .expect_look_at()
        .with(eq(bad), always())
        .times(1)
        .returning(|_, _| Ok(true));
    let mut provider = MockPaymentProvider::new();
    let paid = orders.clone();
    provider.expect_payment_of_order().times(2).returning(move |id| {
        let order = paid.iter().find(|order| order.id.as_str() == id).unwrap();
        Ok(Some(payment(order, PaymentStatus::Done)))
    });
    assert!(!service(purchases, provider).sweep().await.unwrap());
}

#[tokio::test]
async fn a_provider_that_is_down_is_not_asked_a_hundred_times() {
    let orders: Vec<Order> = (1..=10).map(overdue).collect();
    let mut purchases = due(&orders);
    purchases.expect_look_at().times(3).returning(|_, _| Ok(true));
    let mut provider = MockPaymentProvider::new();
    provider
        .expect_payment_of_order()
        .times(3)
        .returning(|_| Err(PaymentError::Unknown("it did not answer in time".into())));
    assert!(!service(purchases, provider).sweep().await.unwrap());
}

#[tokio::test]
async fn a_payment_the_provider_does_not_know_keeps_its_order_for_a_day() {
    for (hours, ends) in [(2, false), (25, true)] {
        let order = Order {
            expires_at: now() - std::time::Duration::from_hours(hours),
            ..overdue(1)
        };
        let mut purchases = due(std::slice::from_ref(&order));
        let calls = usize::from(ends);
        purchases
            .expect_end()
            .with(always(), eq(OrderState::Expired))
            .times(calls)
            .returning(|_, _| Ok(true));
        purchases
            .expect_look_at()
            .times(1 - calls)
            .returning(|_, _| Ok(true));
        let mut provider = MockPaymentProvider::new();
        provider.expect_payment_of_order().returning(|_| Ok(None));
        service(purchases, provider).sweep().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_that_is_away_ends_the_round() {
    let orders = [overdue(1), overdue(2)];
    let mut purchases = MockPurchases::new();
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id.clone()).collect();
    purchases.expect_due().returning(move |_, _| Ok(ids.clone()));
    purchases.expect_find().times(1).returning(|_| Err(down()));
    let round = service(purchases, MockPaymentProvider::new()).sweep().await;
    assert!(matches!(round, Err(StorageError::Unavailable(_))));
}
