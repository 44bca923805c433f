//! Settlement of an order by its payment.

use std::time::Duration;

use domain::{
    StorageError,
    tokens::{ExpectedOrder, Order, OrderChange, OrderId, OrderState, Payment, PaymentStatus},
};
use tokio::time::timeout;

use super::{PaymentService, REFRESH_LIMIT, SettleError};
use crate::workers::Report;

/// Attempts to write an order that changes concurrently.
const MAX_ATTEMPTS: u32 = 10;

/// Timeout of the wait for [`REFRESH_LIMIT`].
const REFRESH_TIMEOUT: Duration = Duration::from_secs(2);

/// Refund reason, shown to the shop's owner.
const BUYER_DELETED: &str = "The buyer's account was deleted before the tokens were granted.";

/// Result of a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    Done(Report<OrderState>),
    /// The payment has another order or amount. Nothing was written.
    PaymentMismatch(OrderState),
    /// Paid, but the buyer's account is deleted and the refund did not succeed. The state is unchanged.
    BuyerDeleted(OrderState),
}

impl Settled {
    pub(super) fn outcome(self) -> Report<OrderState> {
        match self {
            Self::Done(outcome) => outcome,
            Self::PaymentMismatch(state) | Self::BuyerDeleted(state) => unchanged(state),
        }
    }
}

fn unchanged(state: OrderState) -> Report<OrderState> {
    Report {
        applied: false,
        status: state,
    }
}

impl PaymentService {
    /// Checks an order after an untrusted hint. Unknown and final orders cause no call to the provider, and concurrent
    /// calls are limited. `None`: there is no such order.
    pub async fn refresh_from_provider(
        &self,
        id: &OrderId,
    ) -> Result<Option<Report<OrderState>>, SettleError> {
        let Some(order) = self.purchases.find(id).await? else {
            return Ok(None);
        };
        if order.state == OrderState::Canceled {
            return Ok(Some(unchanged(order.state)));
        }
        let permit = timeout(REFRESH_TIMEOUT, REFRESH_LIMIT.acquire()).await;
        let _permit = permit
            .map_err(|_| SettleError::Busy)?
            .map_err(|_| SettleError::Busy)?;
        let payment = self.read(&order).await?;
        let settled = self.settle(order, payment).await?;
        Ok(Some(settled.outcome()))
    }

    /// Reads the payment of an order.
    pub(super) async fn read(&self, order: &Order) -> Result<Option<Payment>, SettleError> {
        Ok(self.provider()?.payment_of_order(order.id.as_str()).await?)
    }

    /// Applies the payment to the order. No effect without a payment.
    pub(super) async fn settle(
        &self,
        order: Order,
        payment: Option<Payment>,
    ) -> Result<Settled, StorageError> {
        let Some(payment) = payment else {
            return Ok(Settled::Done(unchanged(order.state)));
        };
        if !order.is_paid_by(&payment) {
            tracing::error!(order = %order.id, status = payment.status.as_str(), "a payment does not match its order");
            return Ok(Settled::PaymentMismatch(order.state));
        }
        self.apply(order, &payment).await
    }

    /// Writes the effect of the payment. Retries when the order changes concurrently.
    async fn apply(&self, mut order: Order, payment: &Payment) -> Result<Settled, StorageError> {
        let status = payment.status;
        for _ in 0..MAX_ATTEMPTS {
            let seen = self.seen(&order, Some(status));
            let (written, state) = match order.state.after(status) {
                OrderChange::Grant if order.buyer.is_none() => return self.refund(order, payment).await,
                OrderChange::Grant => (self.purchases.grant(seen).await?, OrderState::Paid),
                OrderChange::Reverse => (self.purchases.reverse(seen).await?, OrderState::Canceled),
                OrderChange::Cancel => self.end(seen, OrderState::Canceled).await?,
                OrderChange::Fail => self.end(seen, OrderState::Failed).await?,
                OrderChange::Expire => self.end(seen, OrderState::Expired).await?,
                OrderChange::Keep => {
                    if order.payment_status != Some(status) {
                        self.purchases.record_payment(seen).await?;
                    }
                    return Ok(Settled::Done(unchanged(order.state)));
                }
            };
            if written {
                tracing::info!(order = %order.id, from = order.state.as_str(), to = state.as_str(), "an order changed its state");
                return Ok(Settled::Done(Report {
                    applied: true,
                    status: state,
                }));
            }
            order = self.reload(&order.id).await?;
        }
        Err(StorageError::Other(
            format!("order {} keeps changing concurrently", order.id).into(),
        ))
    }

    /// Refunds a payment whose buyer's account was erased, because there is no wallet to grant to. After a failure,
    /// the order check or the reconciliation retries.
    async fn refund(&self, order: Order, payment: &Payment) -> Result<Settled, StorageError> {
        let refunded = match self.provider() {
            Ok(provider) => {
                provider
                    .cancel(&payment.payment_key, order.id.as_str(), BUYER_DELETED)
                    .await
            }
            Err(_) => return Ok(Settled::BuyerDeleted(order.state)),
        };
        match refunded {
            Ok(payment) if payment.status == PaymentStatus::Canceled => {
                let seen = self.seen(&order, Some(payment.status));
                let (applied, state) = self.end(seen, OrderState::Canceled).await?;
                tracing::warn!(order = %order.id, "refunded the payment of a deleted account");
                Ok(Settled::Done(Report {
                    applied,
                    status: state,
                }))
            }
            Ok(_) => Ok(Settled::BuyerDeleted(order.state)),
            Err(error) => {
                tracing::error!(order = %order.id, %error, "cannot refund the payment of a deleted account");
                let seen = self.seen(&order, Some(payment.status));
                self.purchases.record_payment(seen).await?;
                Ok(Settled::BuyerDeleted(order.state))
            }
        }
    }

    /// Moves an order to a final state without moving tokens.
    pub(super) async fn end(
        &self,
        seen: ExpectedOrder,
        end: OrderState,
    ) -> Result<(bool, OrderState), StorageError> {
        Ok((self.purchases.end(seen, end).await?, end))
    }

    pub(super) fn seen(&self, order: &Order, payment: Option<PaymentStatus>) -> ExpectedOrder {
        ExpectedOrder {
            id: order.id.clone(),
            state: order.state,
            payment,
            now: self.clock.now(),
        }
    }

    async fn reload(&self, id: &OrderId) -> Result<Order, StorageError> {
        let order = self.purchases.find(id).await?;
        order.ok_or_else(|| StorageError::Corrupt(format!("order {id} does not exist any more")))
    }
}
