//! Orders and what is said of their payments.

use domain::{
    Money, Tokens, UserId,
    tokens::{ExpectedOrder, NewOrder, OrderId, OrderState, PaymentStatus},
};

use super::at;

pub fn order_id(name: &str) -> OrderId {
    OrderId::parse(name).unwrap()
}

/// An order of so many tokens, whose payment waits.
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

/// An order as somebody read it, and what its payment says.
pub fn seen(id: &OrderId, state: OrderState, payment: PaymentStatus) -> ExpectedOrder {
    ExpectedOrder {
        id: id.clone(),
        state,
        payment: Some(payment),
        now: at(1),
    }
}
