//! Orders whose time is over.

use std::time::Duration;

use domain::{
    payment::{Order, OrderState, PaymentStatus},
    ports::StorageError,
};

use super::{PaymentService, SettleError, settle::Settled};

/// Orders looked at in one round.
const BATCH: i64 = 100;

/// An order is left to a confirmation under way for this long after its time.
const GRACE: Duration = Duration::from_mins(1);

impl PaymentService {
    /// Looks at every order whose time is over: none is given up, and none granted, before its payment was read. True
    /// when more are likely left. Orders whose payment cannot be read stay for the next round.
    pub async fn sweep(&self) -> Result<bool, StorageError> {
        if self.provider.is_none() {
            return Ok(false);
        }
        let overdue = self.purchases.overdue(self.clock.now() - GRACE, BATCH).await?;
        let mut ended = 0;
        for id in &overdue {
            let Some(order) = self.purchases.find(id).await? else {
                continue;
            };
            match self.give_up(order).await {
                Ok(true) => ended += 1,
                Ok(false) => {}
                Err(SettleError::Storage(error)) => return Err(error),
                // One payment that cannot be read must not keep the others waiting.
                Err(error) => tracing::warn!(order = %id, %error, "an overdue order cannot be looked at"),
            }
        }
        Ok(ended > 0 && i64::try_from(overdue.len()).is_ok_and(|count| count >= BATCH))
    }

    /// Settles an overdue order by its payment, or ends it when there is none that could still be paid. A virtual account
    /// that waits for its money ends by itself. True when it is no longer pending.
    async fn give_up(&self, order: Order) -> Result<bool, SettleError> {
        let payment = self.read(&order).await?;
        let status = payment.as_ref().map(|payment| payment.status);
        let still = order.clone();
        let state = match self.settle(order, payment).await? {
            Settled::As(noted) => noted.state,
            // What was paid for something else, or by nobody, is not granted; the reconciliation lists it.
            Settled::AnotherPayment(state) | Settled::BuyerGone(state) => state,
        };
        if state != OrderState::Pending {
            return Ok(true);
        }
        if status == Some(PaymentStatus::WaitingForDeposit) {
            return Ok(false);
        }
        let (ended, _) = self.end(self.seen(&still, status), OrderState::Expired).await?;
        Ok(ended)
    }
}
