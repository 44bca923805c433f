//! The buyer's browser comes back from the provider's page.

use domain::{
    payment::{Order, OrderId, OrderState},
    ports::{PaymentError, StorageError},
};
use rust_decimal::Decimal;
use thiserror::Error;

use super::{PaymentService, SettleError};

/// What the browser says after the buyer agreed to pay. Anybody can say it.
#[derive(Debug, Clone)]
pub struct Returned {
    /// The order.
    pub order: OrderId,
    /// The provider's key.
    pub payment_key: String,
    /// The sum the buyer agreed to.
    pub amount: Decimal,
}

/// Why a return ends on the page of failures.
#[derive(Debug, Error)]
pub enum ReturnError {
    /// There is no such order.
    #[error("there is no such order")]
    UnknownOrder,
    /// Key or sum are not the order's; nobody was asked anything.
    #[error("the return does not fit the order")]
    Mismatch,
    /// The order was not paid in time.
    #[error("the order has expired")]
    Expired,
    /// The payment was refused, or taken back.
    #[error("the payment was refused: {code}")]
    Refused {
        /// The provider's code; `PAYMENT_FAILED` when it gave none.
        code: String,
    },
    /// Nothing could be decided.
    #[error(transparent)]
    Settle(SettleError),
}

impl From<StorageError> for ReturnError {
    fn from(error: StorageError) -> Self {
        Self::Settle(error.into())
    }
}

impl PaymentService {
    /// Confirms the payment of an order whose buyer has agreed to it, and grants the tokens. `Pending`: whether it was
    /// paid is not known yet; the sweep will find out.
    pub async fn paid(&self, returned: Returned) -> Result<OrderState, ReturnError> {
        let order = self.purchases.find(&returned.order).await?;
        let order = order.ok_or(ReturnError::UnknownOrder)?;
        if order.payment_key != returned.payment_key || order.price.amount != returned.amount {
            return Err(ReturnError::Mismatch);
        }
        match order.state {
            OrderState::Paid => Ok(OrderState::Paid),
            OrderState::Canceled => Err(refused(None)),
            OrderState::Pending if order.can_be_confirmed(self.clock.now()) => self.confirm(order).await,
            // Not to be confirmed any more. It may have been, by a call whose end we did not see.
            OrderState::Pending | OrderState::Failed | OrderState::Expired => {
                self.conclude(order, None).await
            }
        }
    }

    /// The browser comes back from a refusal. Only what the payment itself says counts: while it can still be paid, the
    /// order stays pending.
    pub async fn not_paid(&self, id: &OrderId) -> Result<OrderState, ReturnError> {
        match self.look_at(id).await {
            Ok(Some(noted)) => Ok(noted.state),
            Ok(None) => Err(ReturnError::UnknownOrder),
            Err(error) => Err(ReturnError::Settle(error)),
        }
    }

    async fn confirm(&self, order: Order) -> Result<OrderState, ReturnError> {
        let provider = self.provider().map_err(ReturnError::Settle)?;
        let (key, id) = (order.payment_key.as_str(), order.id.as_str());
        match provider.confirm(key, id, &order.price).await {
            Ok(payment) => {
                let settled = self.settle(order, Some(payment)).await?;
                outcome(settled.noted().state, None)
            }
            // Another return may have been faster, so that a refusal is no proof that nothing was taken.
            Err(PaymentError::Refused { code, .. }) => self.conclude(order, Some(code)).await,
            Err(PaymentError::Unknown(reason)) => {
                tracing::warn!(order = %order.id, %reason, "whether a payment was confirmed is not known");
                self.conclude(order, None).await
            }
            Err(error @ PaymentError::Misconfigured(_)) => {
                tracing::error!(order = %order.id, %error, "a payment cannot be confirmed");
                Ok(OrderState::Pending)
            }
        }
    }

    /// Reads the payment and decides by nothing else.
    async fn conclude(&self, order: Order, refusal: Option<String>) -> Result<OrderState, ReturnError> {
        let over = !order.can_be_confirmed(self.clock.now());
        let payment = match self.read(&order).await {
            Ok(payment) => payment,
            Err(SettleError::Storage(error)) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(order = %order.id, %error, "a payment cannot be read; the sweep will try again");
                return Ok(OrderState::Pending);
            }
        };
        let state = self.settle(order, payment).await?.noted().state;
        if state == OrderState::Pending && over {
            return Err(ReturnError::Expired);
        }
        outcome(state, refusal)
    }
}

/// How a return ends whose order is in `state`, when the provider refused with a code or not at all.
fn outcome(state: OrderState, refusal: Option<String>) -> Result<OrderState, ReturnError> {
    match (state, refusal) {
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
