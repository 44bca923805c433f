//! The buyer's browser comes back from the provider's page.

use domain::{
    StorageError,
    tokens::{Order, OrderId, OrderState, Payment},
};
use rust_decimal::Decimal;
use thiserror::Error;

use super::{
    PaymentService, SettleError,
    confirm::Confirmed,
    settle::{OrderOutcome, Settled},
};

/// What the browser says after the buyer agreed to pay. Anybody can say it.
#[derive(Debug, Clone)]
pub struct Returned {
    /// The order.
    pub order: OrderId,
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
    /// Sum or key are not the order's; nothing was confirmed.
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
    /// Nothing could be decided, and nothing will be by itself.
    #[error(transparent)]
    Settle(#[from] SettleError),
}

impl From<StorageError> for ReturnError {
    fn from(error: StorageError) -> Self {
        Self::Settle(error.into())
    }
}

impl PaymentService {
    /// Confirms the payment of an order whose buyer has agreed to it, and grants the tokens. `Pending`: whether it was
    /// paid is not known yet; the sweep finds out.
    pub async fn on_success_return(&self, returned: Returned) -> Result<OrderState, ReturnError> {
        let order = self.purchases.find(&returned.order).await?;
        let order = order.ok_or(ReturnError::UnknownOrder)?;
        if order.price.amount != returned.amount {
            return Err(ReturnError::Mismatch);
        }
        match order.state {
            OrderState::Paid => Ok(OrderState::Paid),
            OrderState::Canceled => Err(refused(None)),
            OrderState::Pending if order.can_be_confirmed(self.clock.now()) => {
                self.check_key(&order, &returned.payment_key).await?;
                self.take(order, &returned.payment_key).await
            }
            // Not to be confirmed any more. It may have been, by a call whose end we did not see.
            OrderState::Pending | OrderState::Failed | OrderState::Expired => self.look_back(order).await,
        }
    }

    /// The browser comes back from a refusal. Only what the payment itself says counts: while it can still be paid, the
    /// order stays pending.
    pub async fn on_fail_return(&self, id: &OrderId) -> Result<OrderState, ReturnError> {
        let outcome = self.refresh_from_provider(id).await?;
        outcome
            .map(|outcome| outcome.state)
            .ok_or(ReturnError::UnknownOrder)
    }

    /// The key should be that of the payment which was prepared. Another one is looked up first: confirming what is not
    /// this order's would be refused, and the refusal would stand for the order's own payment, too.
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

    async fn take(&self, order: Order, payment_key: &str) -> Result<OrderState, ReturnError> {
        match self.confirm(&order, payment_key).await? {
            Confirmed::Read(payment) => self.conclude(order, payment, None).await,
            Confirmed::Refused { code, payment } => self.conclude(order, payment, Some(code)).await,
            Confirmed::Unknown(error) => {
                tracing::warn!(order = %order.id, %error, "a payment cannot be read; the sweep will try again");
                Ok(OrderState::Pending)
            }
            // Somebody else was faster.
            Confirmed::Changed => self.look_back(order).await,
        }
    }

    /// Reads the payment of an order that is not to be confirmed, and decides by nothing else.
    async fn look_back(&self, order: Order) -> Result<OrderState, ReturnError> {
        let pending = order.state == OrderState::Pending;
        let payment = self.read(&order).await?;
        match self.conclude(order, payment, None).await {
            Ok(OrderState::Pending) if pending => Err(ReturnError::Expired),
            end => end,
        }
    }

    /// Once the payment was read, a database that fails does not make it a failure: the sweep settles the order.
    async fn conclude(
        &self,
        order: Order,
        payment: Option<Payment>,
        refusal: Option<String>,
    ) -> Result<OrderState, ReturnError> {
        let id = order.id.clone();
        match self.settle(order, payment).await {
            Ok(Settled::As(OrderOutcome { state, .. })) => outcome(state, refusal),
            Ok(Settled::AnotherPayment(_) | Settled::BuyerGone(_)) => Err(refused(refusal)),
            Err(error) => {
                tracing::error!(order = %id, error = &error as &dyn std::error::Error, "a payment was read and cannot be written down");
                Ok(OrderState::Pending)
            }
        }
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
