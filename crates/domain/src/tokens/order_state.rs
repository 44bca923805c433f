//! An order's states, and what a payment that was read does to it.

use crate::{FieldError, tokens::PaymentStatus};

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderState {
    Pending,
    /// Paid; the tokens are granted.
    Paid,
    Failed,
    Expired,
    Canceled,
}

/// What a payment that was read does to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderChange {
    /// The order becomes paid and its tokens are granted, once.
    Grant,
    /// The order becomes canceled; what is left of its tokens goes back, the rest is owed.
    Reverse,
    /// The order becomes canceled; its tokens were never granted.
    Cancel,
    /// The order becomes failed.
    Fail,
    /// The order becomes expired.
    Expire,
    Keep,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Paid,
        Self::Failed,
        Self::Expired,
        Self::Canceled,
    ];

    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Canceled => "canceled",
        }
    }

    /// Reads the word stored.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let allowed = "pending, paid, failed, expired, canceled";
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == raw)
            .ok_or(FieldError::NotOneOf { allowed })
    }

    /// What a payment read in this status does. Money that was taken is always granted, also to an order given up
    /// before; money that was given back is taken back once; a canceled order never changes again. A payment that was
    /// done and is no longer (a virtual account may fall back, a part may be given back) changes nothing by itself:
    /// reconciliation shows it to a human.
    pub fn after(self, status: PaymentStatus) -> OrderChange {
        use PaymentStatus as P;
        match (self, status) {
            (Self::Pending | Self::Failed | Self::Expired, P::Done) => OrderChange::Grant,
            (Self::Paid, P::Canceled) => OrderChange::Reverse,
            (Self::Pending | Self::Failed | Self::Expired, P::Canceled) => OrderChange::Cancel,
            (Self::Pending, P::Aborted) => OrderChange::Fail,
            (Self::Pending, P::Expired) => OrderChange::Expire,
            _ => OrderChange::Keep,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_taken_is_granted_whatever_was_believed_before() {
        for state in [OrderState::Pending, OrderState::Failed, OrderState::Expired] {
            assert_eq!(state.after(PaymentStatus::Done), OrderChange::Grant);
        }
    }

    #[test]
    fn done_then_aborted_keeps_the_tokens() {
        assert_eq!(OrderState::Paid.after(PaymentStatus::Aborted), OrderChange::Keep);
        assert_eq!(OrderState::Paid.after(PaymentStatus::Done), OrderChange::Keep);
    }

    #[test]
    fn a_canceled_order_never_changes() {
        for status in PaymentStatus::ALL {
            assert_eq!(OrderState::Canceled.after(status), OrderChange::Keep);
        }
    }

    #[test]
    fn only_done_grants() {
        for state in OrderState::ALL {
            for status in PaymentStatus::ALL {
                if state.after(status) == OrderChange::Grant {
                    assert_eq!(status, PaymentStatus::Done);
                }
            }
        }
    }

    #[test]
    fn words_are_read_back() {
        for state in OrderState::ALL {
            assert_eq!(OrderState::parse(state.as_str()), Ok(state));
        }
        for status in PaymentStatus::ALL {
            assert_eq!(PaymentStatus::parse(status.as_str()), Ok(status));
        }
    }
}
