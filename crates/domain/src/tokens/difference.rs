//! Differences between orders and the provider's payments.

use std::fmt;

use crate::{
    Money,
    tokens::{OrderState, PaymentStatus},
};

/// A difference that reconciliation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The order's state contradicted its payment and was updated.
    Repaired {
        order: String,
        from: OrderState,
        to: OrderState,
        payment: PaymentStatus,
    },
    /// A payment without an order: it belongs to another shop, or its order was never stored.
    UnknownOrder { order: String },
    /// The payment has another amount or order id than the order.
    PaymentMismatch {
        order: String,
        expected: Money,
        found: Money,
        payment: PaymentStatus,
    },
    /// Granted, then partly refunded. An operator has to decide how many tokens to take back.
    PartlyCanceled { order: String },
    /// Granted, but the payment is no longer done.
    NoLongerDone { order: String, payment: PaymentStatus },
    /// Not granted, although the provider holds money for it.
    NotGranted {
        order: String,
        state: OrderState,
        payment: PaymentStatus,
    },
    /// Granted, but the provider has no such payment.
    NotAtProvider { order: String },
    /// Paid, but the buyer's account was erased. An operator has to refund it at the provider.
    BuyerDeleted { order: String },
    /// The payment could not be read. Nothing was changed.
    NotRead { order: String, reason: String },
}

impl Difference {
    /// Repaired differences need no operator.
    pub fn is_repaired(&self) -> bool {
        matches!(self, Self::Repaired { .. })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repaired {
                order,
                from,
                to,
                payment,
            } => write!(
                f,
                "{order}: repaired, was {} and is {} now (payment {})",
                from.as_str(),
                to.as_str(),
                payment.as_str()
            ),
            Self::UnknownOrder { order } => {
                write!(f, "{order}: the provider has a payment, we have no such order")
            }
            Self::PaymentMismatch {
                order,
                expected,
                found,
                payment,
            } => write!(
                f,
                "{order}: ordered for {} {}, but the payment ({}) is another one, of {} {}",
                expected.amount,
                expected.currency,
                payment.as_str(),
                found.amount,
                found.currency
            ),
            Self::PartlyCanceled { order } => {
                write!(f, "{order}: granted, but a part of the money was given back")
            }
            Self::NoLongerDone { order, payment } => {
                write!(f, "{order}: granted, but its payment is {}", payment.as_str())
            }
            Self::NotGranted {
                order,
                state,
                payment,
            } => write!(
                f,
                "{order}: is {}, but the provider keeps money for it (payment {})",
                state.as_str(),
                payment.as_str()
            ),
            Self::NotAtProvider { order } => {
                write!(f, "{order}: granted, but the provider has no such payment")
            }
            Self::BuyerDeleted { order } => {
                write!(
                    f,
                    "{order}: paid, but the buyer's account is gone: give the money back"
                )
            }
            Self::NotRead { order, reason } => write!(f, "{order}: not read: {reason}"),
        }
    }
}
