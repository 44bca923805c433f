//! Orders and guards of their changes.

use domain::{
    Money, Tokens, UserId,
    tokens::{ExpectedOrder, NewOrder, OrderId, OrderState, PaymentStatus},
};

use super::at;

pub fn order_id(name: &str) -> OrderId {
    OrderId::parse(name).unwrap()
}

/// A pending order of `amount` tokens.
pub fn new_order(id: &OrderId, buyer: UserId, amount: i64) -> NewOrder {
    NewOrder {
        id: id.clone(),
        buyer,
        package: "basic_100".into(),
        amount: Tokens::new(amount).unwrap(),
        price: Money {
            amount: 10_000.into(),
            currency: "KRW".into(),
        },
        payment_key: format!("key-of-{id}"),
        payment_url: "https://example.com/pay".into(),
        expires_at: at(1800),
        check_at: at(1860),
        now: at(0),
    }
}

pub fn expected_order(id: &OrderId, state: OrderState, payment: PaymentStatus) -> ExpectedOrder {
    ExpectedOrder {
        id: id.clone(),
        state,
        payment: Some(payment),
        now: at(1),
    }
}
