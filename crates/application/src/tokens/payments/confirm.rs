//! Taking the money of a payment whose buyer has agreed to it.

use std::time::Duration;

use domain::{
    StorageError,
    tokens::{Order, Payment, PaymentError, PaymentStatus},
};

use super::{PaymentService, SettleError};

/// How soon an order is looked at by itself whose confirmation was begun, should nobody see its end.
const SEEN_AFTER: Duration = Duration::from_secs(30);

/// How a confirmation ended.
#[derive(Debug)]
pub(super) enum Confirmed {
    Read(Option<Payment>),
    /// The provider refused, and what the payment says now, if that could be read.
    Refused {
        code: String,
        payment: Option<Payment>,
    },
    /// Nobody knows: the sweep will look.
    Unknown(SettleError),
    /// The order has changed meanwhile; nobody was asked.
    Changed,
}

impl PaymentService {
    /// Confirms. An end that is not seen is looked for by reading the payment; one that still waits for us is confirmed
    /// once more, which has no second effect. Before the call it is written down that the order is to be looked at soon,
    /// so that a crash in between costs seconds.
    pub(super) async fn confirm(&self, order: &Order, payment_key: &str) -> Result<Confirmed, StorageError> {
        let soon = self.clock.now() + SEEN_AFTER;
        if !self.purchases.look_at(&order.id, soon).await? {
            return Ok(Confirmed::Changed);
        }
        let first = self.ask(order, payment_key).await;
        Ok(match first {
            Confirmed::Read(Some(payment)) if payment.status == PaymentStatus::InProgress => {
                self.ask(order, payment_key).await
            }
            other => other,
        })
    }

    async fn ask(&self, order: &Order, payment_key: &str) -> Confirmed {
        let provider = match self.provider() {
            Ok(provider) => provider,
            Err(error) => return Confirmed::Unknown(error),
        };
        match provider
            .confirm(payment_key, order.id.as_str(), &order.price)
            .await
        {
            Ok(payment) => Confirmed::Read(Some(payment)),
            // Another return may have been faster, so that a refusal is no proof that nothing was taken.
            Err(PaymentError::Refused { code, .. }) => match self.read(order).await {
                Ok(payment) => Confirmed::Refused { code, payment },
                Err(error) => Confirmed::Unknown(error),
            },
            Err(error) => {
                tracing::warn!(order = %order.id, %error, "whether a payment was confirmed is not known");
                match (self.read(order).await, error) {
                    // Our set-up is wrong: asking once more would not help.
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
