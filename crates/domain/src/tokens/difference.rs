//! Where our orders and the provider's payments differ.

use std::fmt;

use crate::{
    Money,
    tokens::{OrderState, PaymentStatus},
};

/// A difference that reconciliation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Repaired: the order was believed to be in one state and its payment said another.
    Repaired {
        /// The order.
        order: String,
        from: OrderState,
        to: OrderState,
        payment: PaymentStatus,
    },
    /// The provider has a payment of an order that we do not know. Another shop's, or its order was never stored.
    UnknownOrder {
        /// The order.
        order: String,
    },
    /// The payment is of another sum, or under another key, than the order's.
    AnotherPayment {
        /// The order.
        order: String,
        expected: Money,
        found: Money,
        payment: PaymentStatus,
    },
    /// Paid and granted, and a part of the money was given back: how many tokens that is, is for a human to say.
    PartlyCanceled {
        /// The order.
        order: String,
    },
    /// Paid and granted, but the payment is no longer done.
    NoLongerDone {
        /// The order.
        order: String,
        payment: PaymentStatus,
    },
    /// Not granted, but the provider keeps money for it.
    NotGranted {
        /// The order.
        order: String,
        state: OrderState,
        payment: PaymentStatus,
    },
    /// Paid and granted, but the provider has no such payment.
    NotAtProvider {
        /// The order.
        order: String,
    },
    /// Money was taken, but the buyer's account was erased: it has to be given back at the provider.
    BuyerGone {
        /// The order.
        order: String,
    },
    /// The payment could not be read now; nothing was decided.
    NotRead {
        /// The order.
        order: String,
        reason: String,
    },
}

impl Difference {
    /// Whether it was repaired, so that nobody has to do anything.
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
            Self::AnotherPayment {
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
            Self::BuyerGone { order } => {
                write!(
                    f,
                    "{order}: paid, but the buyer's account is gone: give the money back"
                )
            }
            Self::NotRead { order, reason } => write!(f, "{order}: not read: {reason}"),
        }
    }
}
