//! The state machine of an order, driven by the status of its payment.

use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use crate::tokens::PaymentStatus;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum OrderState {
    Pending,
    /// Paid, and the tokens are granted.
    Paid,
    Failed,
    Expired,
    Canceled,
}

crate::string_enum::string_enum! { OrderState }

/// Effect of a payment status on an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderChange {
    /// To paid. Grants the tokens once.
    Grant,
    /// To canceled. Takes the remaining tokens back; spent ones are owed.
    Reverse,
    /// To canceled. No tokens were granted.
    Cancel,
    Fail,
    Expire,
    Keep,
}

impl OrderState {
    /// The effect of a payment in `status`. A done payment grants also a failed or expired order. A canceled payment
    /// is reversed once. A canceled order is final. A payment that is no longer done (a virtual account may be reset,
    /// a payment partly refunded) changes nothing here: reconciliation reports it to operators.
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
    fn done_grants_also_failed_and_expired_orders() {
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
    fn a_canceled_order_is_final() {
        for status in PaymentStatus::all() {
            assert_eq!(OrderState::Canceled.after(status), OrderChange::Keep);
        }
    }

    #[test]
    fn only_done_grants() {
        for state in OrderState::all() {
            for status in PaymentStatus::all() {
                if state.after(status) == OrderChange::Grant {
                    assert_eq!(status, PaymentStatus::Done);
                }
            }
        }
    }

    #[test]
    fn states_and_statuses_round_trip() {
        for state in OrderState::all() {
            assert_eq!(OrderState::parse(state.as_str()), Ok(state));
        }
        for status in PaymentStatus::all() {
            assert_eq!(PaymentStatus::parse(status.as_str()), Ok(status));
        }
    }
}
