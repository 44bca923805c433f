//! Redirects and the check of orders when the database or the provider fails.

use std::sync::Arc;

use domain::{
    Money, StorageError, Tokens, UserId,
    tokens::{
        MockPaymentProvider, MockPurchaseQueries, MockPurchases, ORDER_LIFETIME, Order, OrderId, OrderState,
        Payment, PaymentError, PaymentStatus,
    },
};
use mockall::predicate::{always, eq};
use stylelicense_application::tokens::{PaymentReturn, PaymentService, ReturnError, SettleError};
use uuid::Uuid;

use crate::support::{clock, ids, now};

fn order(number: u128, state: OrderState) -> Order {
    Order {
        id: OrderId::from_uuid(Uuid::from_u128(number)),
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

fn payment_return(order: &Order) -> PaymentReturn {
    PaymentReturn {
        order: order.id.clone(),
        payment_key: "key".into(),
        amount: order.price.amount,
    }
}

fn unavailable() -> StorageError {
    StorageError::Unavailable("gone".into())
}

fn purchases_with(order: &Order) -> MockPurchases {
    let mut purchases = MockPurchases::new();
    let found = order.clone();
    purchases
        .expect_find()
        .returning(move |_| Ok(Some(found.clone())));
    purchases.expect_schedule_check().returning(|_, _| Ok(true));
    purchases
}

#[tokio::test]
async fn a_database_error_after_a_payment_leaves_the_order_pending() {
    let order = order(1, OrderState::Pending);
    let mut purchases = purchases_with(&order);
    purchases
        .expect_grant()
        .times(1)
        .returning(|_| Err(unavailable()));
    let mut provider = MockPaymentProvider::new();
    let done = payment(&order, PaymentStatus::Done);
    provider
        .expect_confirm()
        .times(1)
        .returning(move |_, _, _| Ok(done.clone()));
    let result = service(purchases, provider)
        .on_success_return(payment_return(&order))
        .await;
    assert!(matches!(result, Ok(OrderState::Pending)), "{result:?}");
}

#[tokio::test]
async fn a_check_is_scheduled_before_a_payment_is_confirmed() {
    let order = order(1, OrderState::Pending);
    let mut purchases = MockPurchases::new();
    let found = order.clone();
    purchases
        .expect_find()
        .returning(move |_| Ok(Some(found.clone())));
    // False: the order has changed concurrently, so its payment is not confirmed.
    let check_at = now() + std::time::Duration::from_secs(30);
    purchases
        .expect_schedule_check()
        .with(always(), eq(check_at))
        .times(1)
        .returning(|_, _| Ok(false));
    let mut provider = MockPaymentProvider::new();
    provider.expect_confirm().never();
    provider
        .expect_payment_of_order()
        .times(1)
        .returning(|_| Ok(None));
    let result = service(purchases, provider)
        .on_success_return(payment_return(&order))
        .await;
    assert!(matches!(result, Err(ReturnError::Expired)), "{result:?}");
}

#[tokio::test]
async fn an_unreadable_payment_of_a_failed_order_is_an_error() {
    let order = order(1, OrderState::Failed);
    let mut provider = MockPaymentProvider::new();
    provider
        .expect_payment_of_order()
        .returning(|_| Err(PaymentError::Unknown("it did not answer in time".into())));
    let result = service(purchases_with(&order), provider)
        .on_success_return(payment_return(&order))
        .await;
    assert!(
        matches!(result, Err(ReturnError::Settle(SettleError::Provider(_)))),
        "{result:?}"
    );
}

fn purchases_with_due(orders: &[Order]) -> MockPurchases {
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
async fn an_order_that_cannot_be_settled_is_rescheduled_and_does_not_block_others() {
    let orders = [overdue(1), overdue(2)];
    let mut purchases = purchases_with_due(&orders);
    let bad = orders[0].id.clone();
    let failing = bad.clone();
    purchases.expect_grant().times(2).returning(move |seen| {
        if seen.id == failing {
            Err(StorageError::Corrupt("invalid".into()))
        } else {
            Ok(true)
        }
    });
    purchases
        .expect_schedule_check()
        .with(eq(bad), always())
        .times(1)
        .returning(|_, _| Ok(true));
    let mut provider = MockPaymentProvider::new();
    let paid = orders.clone();
    provider.expect_payment_of_order().times(2).returning(move |id| {
        let order = paid.iter().find(|order| order.id.as_str() == id).unwrap();
        Ok(Some(payment(order, PaymentStatus::Done)))
    });
    assert!(!service(purchases, provider).check_due_orders().await.unwrap());
}

#[tokio::test]
async fn three_provider_errors_in_a_row_end_the_round() {
    let orders: Vec<Order> = (1..=10).map(overdue).collect();
    let mut purchases = purchases_with_due(&orders);
    purchases
        .expect_schedule_check()
        .times(3)
        .returning(|_, _| Ok(true));
    let mut provider = MockPaymentProvider::new();
    provider
        .expect_payment_of_order()
        .times(3)
        .returning(|_| Err(PaymentError::Unknown("it did not answer in time".into())));
    assert!(!service(purchases, provider).check_due_orders().await.unwrap());
}

#[tokio::test]
async fn an_order_with_an_unknown_payment_expires_after_a_day() {
    for (hours, expires) in [(2, false), (25, true)] {
        let order = Order {
            expires_at: now() - std::time::Duration::from_hours(hours),
            ..overdue(1)
        };
        let mut purchases = purchases_with_due(std::slice::from_ref(&order));
        let expirations = usize::from(expires);
        purchases
            .expect_end()
            .with(always(), eq(OrderState::Expired))
            .times(expirations)
            .returning(|_, _| Ok(true));
        purchases
            .expect_schedule_check()
            .times(1 - expirations)
            .returning(|_, _| Ok(true));
        let mut provider = MockPaymentProvider::new();
        provider.expect_payment_of_order().returning(|_| Ok(None));
        service(purchases, provider).check_due_orders().await.unwrap();
    }
}

#[tokio::test]
async fn an_unavailable_database_ends_the_round() {
    let orders = [overdue(1), overdue(2)];
    let mut purchases = MockPurchases::new();
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id.clone()).collect();
    purchases.expect_due().returning(move |_, _| Ok(ids.clone()));
    purchases.expect_find().times(1).returning(|_| Err(unavailable()));
    let round = service(purchases, MockPaymentProvider::new())
        .check_due_orders()
        .await;
    assert!(matches!(round, Err(StorageError::Unavailable(_))));
}
