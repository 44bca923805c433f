//! An order of a token package.

use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    FieldError, Money, Tokens, UserId,
    tokens::{OrderState, Payment, PaymentStatus},
};

/// Time to pay. The provider keeps an unconfirmed payment as long.
pub const ORDER_LIFETIME: Duration = Duration::from_mins(30);

/// Public id of an order, also sent to the provider. Unguessable: 122 random bits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(String);

impl OrderId {
    pub fn from_uuid(random: Uuid) -> Self {
        Self(format!("order-{}", random.simple()))
    }

    /// 6 to 64 letters, digits, `-` and `_` (Toss Payments API, `orderId`).
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let is_allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        match raw.len() {
            0..=5 => Err(FieldError::TooShort { min: 6 }),
            6..=64 if raw.bytes().all(is_allowed) => Ok(Self(raw.to_owned())),
            6..=64 => Err(FieldError::ForbiddenCharacter),
            _ => Err(FieldError::TooLong { max: 64 }),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A stored order, with amount and price as of its creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub id: OrderId,
    /// `None` when the account is erased.
    pub buyer: Option<UserId>,
    /// Only active buyers are charged.
    pub buyer_is_active: bool,
    /// Package code, `basic_100`.
    pub package: String,
    /// Tokens of the package.
    pub amount: Tokens,
    pub price: Money,
    pub state: OrderState,
    /// The provider's key of the prepared payment.
    pub payment_key: String,
    /// Status of the payment when it was last read.
    pub payment_status: Option<PaymentStatus>,
    pub expires_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

impl Order {
    /// Whether `payment` belongs to this order and has its exact price. Other payments never grant tokens. The payment
    /// key is not compared: the provider may change it, and has only one payment per order.
    pub fn is_paid_by(&self, payment: &Payment) -> bool {
        payment.order_id == self.id.as_str() && payment.total == self.price
    }

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
            id: OrderId::from_uuid(Uuid::from_u128(7)),
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
    fn an_order_is_paid_only_by_its_own_payment_with_its_price() {
        assert!(order().is_paid_by(&payment()));
        let cheaper = Payment {
            total: won(100),
            ..payment()
        };
        let other_order = Payment {
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
        for other in [cheaper, other_order, dollars] {
            assert!(!order().is_paid_by(&other), "{other:?}");
        }
    }

    #[test]
    fn only_a_pending_unexpired_order_of_an_active_buyer_can_be_confirmed() {
        let (created, expired) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + ORDER_LIFETIME);
        assert!(order().can_be_confirmed(created));
        assert!(!order().can_be_confirmed(expired));
        for (state, buyer_is_active) in [(OrderState::Expired, true), (OrderState::Pending, false)] {
            let order = Order {
                buyer_is_active,
                state,
                ..order()
            };
            assert!(!order.can_be_confirmed(created), "{order:?}");
        }
    }

    #[test]
    fn order_ids_round_trip_and_invalid_ones_are_refused() {
        let id = OrderId::from_uuid(Uuid::from_u128(u128::MAX));
        assert_eq!(OrderId::parse(id.as_str()), Ok(id));
        let long = "x".repeat(65);
        for invalid in [
            "",
            "short",
            "with space",
            "../../etc",
            "주문번호입니다",
            long.as_str(),
        ] {
            assert!(OrderId::parse(invalid).is_err(), "{invalid}");
        }
    }
}
