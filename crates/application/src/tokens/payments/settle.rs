//! What a payment that was read does to its order.

use std::time::Duration;

use domain::{
    StorageError,
    tokens::{ExpectedOrder, Order, OrderChange, OrderId, OrderState, Payment, PaymentStatus},
};

use tokio::time::timeout;

use super::{HINTS, PaymentService, SettleError};

/// How often an order that changes while it is looked at is looked at again.
const TRIES: u32 = 10;

/// How long a hint waits for its turn.
const TURN_PATIENCE: Duration = Duration::from_secs(2);

/// What the shop's owner reads beside money that was given back.
const BUYER_GONE: &str = "The buyer's account was deleted before the tokens were granted.";

/// What became of a report about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderOutcome {
    /// Whether the order changed.
    pub applied: bool,
    pub state: OrderState,
}

/// What a payment has done to its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    As(OrderOutcome),
    /// Nothing: it is of another order or another sum.
    AnotherPayment(OrderState),
    /// Nothing: money was taken, the buyer's account is gone, and the money could not be given back now.
    BuyerGone(OrderState),
}

impl Settled {
    pub(super) fn outcome(self) -> OrderOutcome {
        match self {
            Self::As(outcome) => outcome,
            Self::AnotherPayment(state) | Self::BuyerGone(state) => kept(state).outcome(),
        }
    }
}

/// Nothing has changed.
fn kept(state: OrderState) -> Settled {
    Settled::As(OrderOutcome {
        applied: false,
        state,
    })
}

impl PaymentService {
    /// Looks at an order that somebody says something about. An unknown one, or one that never changes again, makes no
    /// call, and only a few calls are made at once: anybody may say something. `None`: there is no such order.
    pub async fn refresh_from_provider(&self, id: &OrderId) -> Result<Option<OrderOutcome>, SettleError> {
        let Some(order) = self.purchases.find(id).await? else {
            return Ok(None);
        };
        if order.state == OrderState::Canceled {
            return Ok(Some(kept(order.state).outcome()));
        }
        let turn = timeout(TURN_PATIENCE, HINTS.acquire()).await;
        let _turn = turn
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

    /// Does to the order what its payment demands; nothing when there is none.
    pub(super) async fn settle(
        &self,
        order: Order,
        payment: Option<Payment>,
    ) -> Result<Settled, StorageError> {
        let Some(payment) = payment else {
            return Ok(kept(order.state));
        };
        if !order.is_paid_by(&payment) {
            tracing::error!(order = %order.id, status = payment.status.as_str(), "a payment does not fit its order");
            return Ok(Settled::AnotherPayment(order.state));
        }
        self.apply(order, &payment).await
    }

    /// Writes what the payment demands, against the state as it is when it is written.
    async fn apply(&self, mut order: Order, payment: &Payment) -> Result<Settled, StorageError> {
        let status = payment.status;
        for _ in 0..TRIES {
            let seen = self.seen(&order, Some(status));
            let (written, state) = match order.state.after(status) {
                OrderChange::Grant if order.buyer.is_none() => return self.give_back(order, payment).await,
                OrderChange::Grant => (self.purchases.grant(seen).await?, OrderState::Paid),
                OrderChange::Reverse => (self.purchases.reverse(seen).await?, OrderState::Canceled),
                OrderChange::Cancel => self.end(seen, OrderState::Canceled).await?,
                OrderChange::Fail => self.end(seen, OrderState::Failed).await?,
                OrderChange::Expire => self.end(seen, OrderState::Expired).await?,
                OrderChange::Keep => {
                    if order.payment_status != Some(status) {
                        self.purchases.note(seen).await?;
                    }
                    return Ok(kept(order.state));
                }
            };
            if written {
                tracing::info!(order = %order.id, from = order.state.as_str(), to = state.as_str(), "an order has changed");
                return Ok(Settled::As(OrderOutcome { applied: true, state }));
            }
            order = self.again(&order.id).await?;
        }
        Err(StorageError::Other(
            format!("order {} changes again and again", order.id).into(),
        ))
    }

    /// Money was taken while the buyer's account was erased: there is no wallet to grant to, so the money goes back. When
    /// that cannot be done now, the sweep or the reconciliation comes back to it.
    async fn give_back(&self, order: Order, payment: &Payment) -> Result<Settled, StorageError> {
        let returned = match self.provider() {
            Ok(provider) => {
                provider
                    .cancel(&payment.payment_key, order.id.as_str(), BUYER_GONE)
                    .await
            }
            Err(_) => return Ok(Settled::BuyerGone(order.state)),
        };
        match returned {
            Ok(payment) if payment.status == PaymentStatus::Canceled => {
                let seen = self.seen(&order, Some(payment.status));
                let (applied, state) = self.end(seen, OrderState::Canceled).await?;
                tracing::warn!(order = %order.id, "the money of an account that is gone was given back");
                Ok(Settled::As(OrderOutcome { applied, state }))
            }
            Ok(_) => Ok(Settled::BuyerGone(order.state)),
            Err(error) => {
                tracing::error!(order = %order.id, %error, "paid by an account that is gone, and not given back");
                let seen = self.seen(&order, Some(payment.status));
                self.purchases.note(seen).await?;
                Ok(Settled::BuyerGone(order.state))
            }
        }
    }

    /// Ends an order in a state that moves no tokens.
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

    async fn again(&self, id: &OrderId) -> Result<Order, StorageError> {
        let order = self.purchases.find(id).await?;
        order.ok_or_else(|| StorageError::Corrupt(format!("order {id} is gone")))
    }
}
