//! Pending orders that have expired, or whose confirmation has no known result.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    StorageError,
    tokens::{Order, OrderId, OrderState, Payment, PaymentStatus},
};

use super::{PaymentService, SettleError, confirm::Confirmed};

/// Orders per round.
const BATCH: i64 = 100;

/// After this many consecutive provider errors, the round ends.
const MAX_PROVIDER_ERRORS: u32 = 3;

/// An order is not expired until this long after its deadline, because a confirmation may be running.
pub(super) const GRACE: Duration = Duration::from_mins(1);

/// Pause before an order that could not be settled is checked again.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Pause for a payment that waits for its deposit, or that the provider does not know.
const LONG_RETRY_AFTER: Duration = Duration::from_mins(10);

/// An order whose payment the provider does not know is kept this long, because a wrong key is the likely cause.
const UNKNOWN_PAYMENT_RETENTION: Duration = Duration::from_hours(24);

/// What to do with an expired order that is still pending.
enum Next {
    Expire,
    Retry(Duration),
}

impl PaymentService {
    /// Checks all due orders. It reads the payment before it expires or grants an order. An order that cannot be
    /// settled is rescheduled and does not block the others. True when more are likely due.
    pub async fn check_due_orders(&self) -> Result<bool, StorageError> {
        if self.provider.is_none() {
            return Ok(false);
        }
        let due = self.purchases.due(self.clock.now(), BATCH).await?;
        let mut provider_errors = 0;
        for id in &due {
            let Some(order) = self.purchases.find(id).await? else {
                continue;
            };
            match self.check_order(order).await {
                Ok(None) => provider_errors = 0,
                Ok(Some(pause)) => {
                    provider_errors = 0;
                    self.reschedule(id, pause).await?;
                }
                Err(SettleError::Storage(error @ StorageError::Unavailable(_))) => return Err(error),
                Err(error) => {
                    tracing::warn!(order = %id, %error, "an order cannot be checked");
                    self.reschedule(id, RETRY_AFTER).await?;
                    provider_errors += u32::from(matches!(error, SettleError::Provider(_)));
                    if provider_errors >= MAX_PROVIDER_ERRORS {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(i64::try_from(due.len()).is_ok_and(|count| count >= BATCH))
    }

    async fn reschedule(&self, id: &OrderId, pause: Duration) -> Result<(), StorageError> {
        self.purchases
            .schedule_check(id, self.clock.now() + pause)
            .await
            .map(drop)
    }

    /// Settles an order by its payment. Returns the pause before the next check; `None` when it is no longer pending.
    async fn check_order(&self, order: Order) -> Result<Option<Duration>, SettleError> {
        let payment = self.read(&order).await?;
        let settled = self.settle(order.clone(), payment.clone()).await?;
        if settled.outcome().status != OrderState::Pending {
            return Ok(None);
        }
        let now = self.clock.now();
        if now < order.expires_at + GRACE {
            return self.confirm_again(order, payment, now).await;
        }
        match next_step(&order, payment.as_ref(), now) {
            Next::Expire => {
                let status = payment.map(|payment| payment.status);
                self.end(self.seen(&order, status), OrderState::Expired).await?;
                Ok(None)
            }
            Next::Retry(pause) => Ok(Some(pause)),
        }
    }

    /// Confirms an authenticated payment whose first confirmation has no known result.
    async fn confirm_again(
        &self,
        order: Order,
        payment: Option<Payment>,
        now: DateTime<Utc>,
    ) -> Result<Option<Duration>, SettleError> {
        let waiting = payment.filter(|payment| payment.status == PaymentStatus::InProgress);
        let Some(payment) =
            waiting.filter(|payment| order.is_paid_by(payment) && order.can_be_confirmed(now))
        else {
            return Ok(Some(RETRY_AFTER));
        };
        let payment = match self.confirm(&order, &payment.payment_key).await? {
            Confirmed::Read(payment) | Confirmed::Refused { payment, .. } => payment,
            Confirmed::Unknown(error) => return Err(error),
            Confirmed::Changed => return Ok(None),
        };
        let settled = self.settle(order, payment).await?;
        Ok((settled.outcome().status == OrderState::Pending).then_some(RETRY_AFTER))
    }
}

fn next_step(order: &Order, payment: Option<&Payment>, now: DateTime<Utc>) -> Next {
    match payment {
        // The provider expires virtual accounts.
        Some(payment) if payment.status == PaymentStatus::WaitingForDeposit => Next::Retry(LONG_RETRY_AFTER),
        // The refund to a deleted account has not succeeded yet.
        Some(payment) if payment.status == PaymentStatus::Done && order.is_paid_by(payment) => {
            Next::Retry(LONG_RETRY_AFTER)
        }
        Some(payment) if payment.status == PaymentStatus::PartialCanceled => {
            tracing::error!(order = %order.id, "the payment is partly refunded and no tokens were granted: run `payments reconcile`");
            Next::Retry(LONG_RETRY_AFTER)
        }
        None if now < order.expires_at + UNKNOWN_PAYMENT_RETENTION => {
            tracing::error!(order = %order.id, "the provider does not know a payment it has created: check the key of the shop");
            Next::Retry(LONG_RETRY_AFTER)
        }
        _ => Next::Expire,
    }
}
