//! Confirmation (charge) of a payment that its buyer has authenticated.

use std::time::Duration;

use domain::{
    StorageError,
    tokens::{Order, Payment, PaymentError, PaymentStatus},
};

use super::{PaymentService, SettleError};

/// The order check checks an order this long after the start of its confirmation, in case the result is lost.
const CHECK_AFTER: Duration = Duration::from_secs(30);

/// Result of a confirmation.
#[derive(Debug)]
pub(super) enum Confirmed {
    Read(Option<Payment>),
    /// The provider refused. `payment` is the payment read afterwards.
    Refused {
        code: String,
        payment: Option<Payment>,
    },
    /// The result is unknown. The order check checks the order later.
    Unknown(SettleError),
    /// The order has changed concurrently. The provider was not called.
    Changed,
}

impl PaymentService {
    /// Confirms a payment. When the result is unknown, it reads the payment, and confirms once more if the payment
    /// still waits for confirmation (confirmations are idempotent). It schedules a check by the order check first, so that
    /// an order is settled soon also after a crash.
    pub(super) async fn confirm(&self, order: &Order, payment_key: &str) -> Result<Confirmed, StorageError> {
        let check_at = self.clock.now() + CHECK_AFTER;
        if !self.purchases.schedule_check(&order.id, check_at).await? {
            return Ok(Confirmed::Changed);
        }
        let first = self.confirm_once(order, payment_key).await;
        Ok(match first {
            Confirmed::Read(Some(payment)) if payment.status == PaymentStatus::InProgress => {
                self.confirm_once(order, payment_key).await
            }
            other => other,
        })
    }

    async fn confirm_once(&self, order: &Order, payment_key: &str) -> Confirmed {
        let provider = match self.provider() {
            Ok(provider) => provider,
            Err(error) => return Confirmed::Unknown(error),
        };
        match provider
            .confirm(payment_key, order.id.as_str(), &order.price)
            .await
        {
            Ok(payment) => Confirmed::Read(Some(payment)),
            // A concurrent confirmation may have succeeded, so a refusal does not prove that no money was taken.
            Err(PaymentError::Refused { code, .. }) => match self.read(order).await {
                Ok(payment) => Confirmed::Refused { code, payment },
                Err(error) => Confirmed::Unknown(error),
            },
            Err(error) => {
                tracing::warn!(order = %order.id, %error, "the result of a payment confirmation is unknown");
                match (self.read(order).await, error) {
                    // A retry does not help while our configuration is wrong.
                    (Ok(Some(payment)), error @ PaymentError::Misconfigured(_))
                        if payment.status == PaymentStatus::InProgress =>
                    {
                        Confirmed::Unknown(error.into())
                    }
                    (Ok(payment), _) => Confirmed::Read(payment),
                    (Err(error), _) => Confirmed::Unknown(error),
                }
            }
        }
    }
}
