//! Redirects of the buyer's browser from the provider's page.

use domain::{
    StorageError,
    tokens::{Order, OrderId, OrderState, Payment},
};
use rust_decimal::Decimal;
use thiserror::Error;

use super::{PaymentService, SettleError, confirm::Confirmed, settle::Settled};

/// Untrusted parameters of the redirect after the buyer has authenticated the payment.
#[derive(Debug, Clone)]
pub struct PaymentReturn {
    pub order: OrderId,
    pub payment_key: String,
    pub amount: Decimal,
}

/// Why a redirect leads to the failure page.
#[derive(Debug, Error)]
pub enum ReturnError {
    #[error("there is no such order")]
    UnknownOrder,
    /// Amount or payment key differ from the order. Nothing was confirmed.
    #[error("the redirect does not match the order")]
    Mismatch,
    #[error("the order has expired")]
    Expired,
    /// The payment was refused or canceled.
    #[error("the payment was refused: {code}")]
    Refused {
        /// The provider's code, or `PAYMENT_FAILED`.
        code: String,
    },
    /// The result is unknown, and no later check is scheduled.
    #[error(transparent)]
    Settle(#[from] SettleError),
}

impl From<StorageError> for ReturnError {
    fn from(error: StorageError) -> Self {
        Self::Settle(error.into())
    }
}

impl PaymentService {
    /// Confirms the payment of an order and grants the tokens. `Pending`: the result is unknown, and the order check checks
    /// the order later.
    pub async fn on_success_return(&self, params: PaymentReturn) -> Result<OrderState, ReturnError> {
        let order = self.purchases.find(&params.order).await?;
        let order = order.ok_or(ReturnError::UnknownOrder)?;
        if order.price.amount != params.amount {
            return Err(ReturnError::Mismatch);
        }
        match order.state {
            OrderState::Paid => Ok(OrderState::Paid),
            OrderState::Canceled => Err(refused(None)),
            OrderState::Pending if order.can_be_confirmed(self.clock.now()) => {
                self.check_key(&order, &params.payment_key).await?;
                self.confirm_and_settle(order, &params.payment_key).await
            }
            // Too late to confirm. An earlier confirmation with a lost response may have succeeded.
            OrderState::Pending | OrderState::Failed | OrderState::Expired => {
                self.read_and_settle(order).await
            }
        }
    }

    /// Settles an order after a redirect for a failed payment. Only the payment itself decides: while it can still be
    /// paid, the order stays pending.
    pub async fn on_fail_return(&self, id: &OrderId) -> Result<OrderState, ReturnError> {
        let outcome = self.refresh_from_provider(id).await?;
        outcome
            .map(|outcome| outcome.status)
            .ok_or(ReturnError::UnknownOrder)
    }

    /// Accepts the key of the created payment. Another key must belong to a payment of this order: a refused
    /// confirmation of a foreign payment would count as a refusal of the order's own payment.
    async fn check_key(&self, order: &Order, payment_key: &str) -> Result<(), ReturnError> {
        if order.payment_key == payment_key {
            return Ok(());
        }
        let provider = self.provider()?;
        let payment = provider.payment(payment_key).await.map_err(SettleError::from)?;
        match payment {
            Some(payment) if order.is_paid_by(&payment) => Ok(()),
            _ => Err(ReturnError::Mismatch),
        }
    }

    async fn confirm_and_settle(&self, order: Order, payment_key: &str) -> Result<OrderState, ReturnError> {
        match self.confirm(&order, payment_key).await? {
            Confirmed::Read(payment) => self.settle_return(order, payment, None).await,
            Confirmed::Refused { code, payment } => self.settle_return(order, payment, Some(code)).await,
            Confirmed::Unknown(error) => {
                tracing::warn!(order = %order.id, %error, "the payment cannot be read; the order check will check the order again");
                Ok(OrderState::Pending)
            }
            // A concurrent call was faster.
            Confirmed::Changed => self.read_and_settle(order).await,
        }
    }

    /// Settles an order that can no longer be confirmed, by its payment alone.
    async fn read_and_settle(&self, order: Order) -> Result<OrderState, ReturnError> {
        let pending = order.state == OrderState::Pending;
        let payment = self.read(&order).await?;
        match self.settle_return(order, payment, None).await {
            Ok(OrderState::Pending) if pending => Err(ReturnError::Expired),
            result => result,
        }
    }

    /// A database error after the payment was read is not reported as a failed payment, because the order check settles the
    /// order later.
    async fn settle_return(
        &self,
        order: Order,
        payment: Option<Payment>,
        refusal_code: Option<String>,
    ) -> Result<OrderState, ReturnError> {
        let id = order.id.clone();
        match self.settle(order, payment).await {
            Ok(Settled::Done(done)) => return_result(done.status, refusal_code),
            Ok(Settled::PaymentMismatch(_) | Settled::BuyerDeleted(_)) => Err(refused(refusal_code)),
            Err(error) => {
                tracing::error!(order = %id, error = &error as &dyn std::error::Error, "the result of a payment cannot be stored");
                Ok(OrderState::Pending)
            }
        }
    }
}

/// `refusal_code` is the provider's code if it refused the confirmation.
fn return_result(state: OrderState, refusal_code: Option<String>) -> Result<OrderState, ReturnError> {
    match (state, refusal_code) {
        (OrderState::Paid, _) => Ok(OrderState::Paid),
        (OrderState::Expired, _) => Err(ReturnError::Expired),
        (OrderState::Pending, None) => Ok(OrderState::Pending),
        (OrderState::Pending | OrderState::Failed | OrderState::Canceled, code) => Err(refused(code)),
    }
}

fn refused(code: Option<String>) -> ReturnError {
    ReturnError::Refused {
        code: code.unwrap_or_else(|| "PAYMENT_FAILED".to_owned()),
    }
}
