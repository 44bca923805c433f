//! Orders that it is time to look at: their time is over, or the end of a confirmation was not seen.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    StorageError,
    tokens::{Order, OrderId, OrderState, Payment, PaymentStatus},
};

use super::{PaymentService, SettleError, confirm::Confirmed};

/// Orders looked at in one round.
const BATCH: i64 = 100;

/// After so many payments in a row that could not be read, the provider is down and the round ends.
const DOWN_AFTER: u32 = 3;

/// An order is left to a confirmation under way for this long after its time.
pub(super) const GRACE: Duration = Duration::from_mins(1);

/// When to look again at an order that could not be settled.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// When to look again at a payment that waits for its money, or that the provider does not know.
const LATER: Duration = Duration::from_mins(10);

/// For how long an order is kept whose payment the provider does not know although it has prepared one: more likely we
/// ask the wrong shop.
const UNKNOWN_KEPT: Duration = Duration::from_hours(24);

/// What to do with an order that its payment has left pending.
enum Next {
    End,
    Again(Duration),
}

impl PaymentService {
    /// Looks at every order that is due: none is given up, and none granted, before its payment was read. One that cannot
    /// be settled now is put off and keeps nobody waiting. True when more are likely left.
    pub async fn sweep(&self) -> Result<bool, StorageError> {
        if self.provider.is_none() {
            return Ok(false);
        }
        let due = self.purchases.due(self.clock.now(), BATCH).await?;
        let mut unread = 0;
        for id in &due {
            let Some(order) = self.purchases.find(id).await? else {
                continue;
            };
            match self.look(order).await {
                Ok(None) => unread = 0,
                Ok(Some(pause)) => {
                    unread = 0;
                    self.put_off(id, pause).await?;
                }
                Err(SettleError::Storage(error @ StorageError::Unavailable(_))) => return Err(error),
                Err(error) => {
                    tracing::warn!(order = %id, %error, "an order cannot be looked at now");
                    self.put_off(id, AGAIN_AFTER).await?;
                    unread += u32::from(matches!(error, SettleError::Provider(_)));
                    if unread >= DOWN_AFTER {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(i64::try_from(due.len()).is_ok_and(|count| count >= BATCH))
    }

    async fn put_off(&self, id: &OrderId, pause: Duration) -> Result<(), StorageError> {
        self.purchases
            .look_at(id, self.clock.now() + pause)
            .await
            .map(drop)
    }

    /// Settles an order by its payment. When to look again; `None` when it is no longer pending.
    async fn look(&self, order: Order) -> Result<Option<Duration>, SettleError> {
        let payment = self.read(&order).await?;
        let settled = self.settle(order.clone(), payment.clone()).await?;
        if settled.outcome().state != OrderState::Pending {
            return Ok(None);
        }
        let now = self.clock.now();
        if now < order.expires_at + GRACE {
            return self.confirm_again(order, payment, now).await;
        }
        match left_over(&order, payment.as_ref(), now) {
            Next::End => {
                let status = payment.map(|payment| payment.status);
                self.end(self.seen(&order, status), OrderState::Expired).await?;
                Ok(None)
            }
            Next::Again(pause) => Ok(Some(pause)),
        }
    }

    /// A confirmation was begun whose end nobody saw, and the payment still waits for it.
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
            return Ok(Some(AGAIN_AFTER));
        };
        let payment = match self.confirm(&order, &payment.payment_key).await? {
            Confirmed::Read(payment) | Confirmed::Refused { payment, .. } => payment,
            Confirmed::Unknown(error) => return Err(error),
            Confirmed::Changed => return Ok(None),
        };
        let settled = self.settle(order, payment).await?;
        Ok((settled.outcome().state == OrderState::Pending).then_some(AGAIN_AFTER))
    }
}

/// What becomes of an order whose time is over and whose payment has left it pending.
fn left_over(order: &Order, payment: Option<&Payment>, now: DateTime<Utc>) -> Next {
    match payment {
        // A virtual account waits for its money and ends by itself.
        Some(payment) if payment.status == PaymentStatus::WaitingForDeposit => Next::Again(LATER),
        // Money of somebody who left, which could not be given back yet.
        Some(payment) if payment.status == PaymentStatus::Done && order.is_paid_by(payment) => {
            Next::Again(LATER)
        }
        Some(payment) if payment.status == PaymentStatus::PartialCanceled => {
            tracing::error!(order = %order.id, "a part of its money is kept, and nothing was granted: see `payments reconcile`");
            Next::Again(LATER)
        }
        None if now < order.expires_at + UNKNOWN_KEPT => {
            tracing::error!(order = %order.id, "the provider does not know a payment it has prepared: is this the shop's key?");
            Next::Again(LATER)
        }
        _ => Next::End,
    }
}
