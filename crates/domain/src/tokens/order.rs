//! An order of tokens.

use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    FieldError, Money, Tokens, UserId,
    tokens::{OrderState, Payment, PaymentStatus},
};

/// How long a buyer has to pay: as long as the provider keeps a payment that nobody has agreed to.
pub const ORDER_LIFETIME: Duration = Duration::from_mins(30);

/// An order's name, which buyer, provider and we call it by. Unguessable: 122 random bits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(String);

impl OrderId {
    /// The name of a new order.
    pub fn of(random: Uuid) -> Self {
        Self(format!("order-{}", random.simple()))
    }

    /// Reads a name: 6 to 64 letters, digits, `-` and `_` (Toss Payments API, `orderId`).
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        match raw.len() {
            0..=5 => Err(FieldError::TooShort { min: 6 }),
            6..=64 if raw.bytes().all(fits) => Ok(Self(raw.to_owned())),
            6..=64 => Err(FieldError::ForbiddenCharacter),
            _ => Err(FieldError::TooLong { max: 64 }),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An order as it is stored. Amount and price are those of the moment it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub id: OrderId,
    /// Who gets the tokens; absent once the account is erased.
    pub buyer: Option<UserId>,
    /// Whether the buyer can sign in: nobody else is charged.
    pub buyer_is_active: bool,
    /// What was ordered, `basic_100`.
    pub package: String,
    /// How many tokens.
    pub amount: Tokens,
    pub price: Money,
    pub state: OrderState,
    /// The provider's key of the payment that was prepared.
    pub payment_key: String,
    /// The status in which its payment was last read.
    pub payment_status: Option<PaymentStatus>,
    /// Until when it can be paid.
    pub expires_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl Order {
    /// Whether `payment` is this order's, for exactly its price. Any other moves no token. Its key may be another than
    /// that of the payment which was prepared: a provider has one payment of an order, and names it as it likes.
    pub fn is_paid_by(&self, payment: &Payment) -> bool {
        payment.order_id == self.id.as_str() && payment.total == self.price
    }

    /// Whether its payment may still be confirmed.
    pub fn can_be_confirmed(&self, now: DateTime<Utc>) -> bool {
        self.state == OrderState::Pending && self.buyer_is_active && now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    fn order() -> Order {
        Order {
            id: OrderId::of(Uuid::from_u128(7)),
            buyer: Some(UserId(1)),
            buyer_is_active: true,
            package: "basic_100".into(),
            amount: Tokens::WELCOME_BONUS,
            price: won(10_000),
            state: OrderState::Pending,
            payment_key: "key".into(),
            payment_status: None,
            expires_at: DateTime::UNIX_EPOCH + ORDER_LIFETIME,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn won(amount: i64) -> Money {
        Money {
            amount: Decimal::from(amount),
            currency: "KRW".into(),
        }
    }

    fn payment() -> Payment {
        Payment {
            payment_key: "key".into(),
            order_id: order().id.to_string(),
            status: PaymentStatus::Done,
            total: won(10_000),
            approved_at: None,
        }
    }

    #[test]
    fn only_its_own_payment_of_its_price_pays_an_order() {
        assert!(order().is_paid_by(&payment()));
        let cheaper = Payment {
            total: won(100),
            ..payment()
        };
        let anothers = Payment {
            order_id: "order-8".into(),
            ..payment()
        };
        let dollars = Payment {
            total: Money {
                currency: "USD".into(),
                ..won(10_000)
            },
            ..payment()
        };
        for other in [cheaper, anothers, dollars] {
            assert!(!order().is_paid_by(&other), "{other:?}");
        }
    }

    #[test]
    fn an_order_is_confirmed_in_time_and_for_somebody() {
        let (made, late) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + ORDER_LIFETIME);
        assert!(order().can_be_confirmed(made));
        assert!(!order().can_be_confirmed(late));
        for (state, buyer_is_active) in [(OrderState::Expired, true), (OrderState::Pending, false)] {
            let order = Order {
                buyer_is_active,
                state,
                ..order()
            };
            assert!(!order.can_be_confirmed(made), "{order:?}");
        }
    }

    #[test]
    fn names_of_orders_are_read_back_and_odd_ones_refused() {
        let id = OrderId::of(Uuid::from_u128(u128::MAX));
        assert_eq!(OrderId::parse(id.as_str()), Ok(id));
        let long = "x".repeat(65);
        for odd in [
            "",
            "short",
            "with space",
            "../../etc",
            "주문번호입니다",
            long.as_str(),
        ] {
            assert!(OrderId::parse(odd).is_err(), "{odd}");
        }
    }
}
