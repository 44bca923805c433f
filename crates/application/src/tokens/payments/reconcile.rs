//! Reconciliation: compares all orders and payments of a time range. It settles paid orders that were not granted, and
//! reports all other differences.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    StorageError,
    tokens::{Difference, Order, OrderId, OrderState, Payment, PaymentStatus},
};

use super::{PaymentService, SettleError, settle::Settled};

/// Page size of the provider's list and of our orders.
const PAGE: u32 = 500;

/// `from` is inclusive, `until` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// Result of a reconciliation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReconcileReport {
    /// Compared orders.
    pub orders: usize,
    /// Sorted by order id.
    pub differences: Vec<Difference>,
}

impl PaymentService {
    /// Reconciles a time range. Safe while servers run, because each write is guarded.
    pub async fn reconcile(&self, range: TimeRange) -> Result<ReconcileReport, SettleError> {
        let mut order_ids = self.provider_order_ids(range).await?;
        order_ids.extend(self.stored_order_ids(range).await?);
        let mut report = ReconcileReport {
            orders: order_ids.len(),
            differences: Vec::new(),
        };
        for order_id in order_ids {
            report.differences.extend(self.compare(order_id).await?);
        }
        Ok(report)
    }

    async fn provider_order_ids(&self, range: TimeRange) -> Result<BTreeSet<String>, SettleError> {
        let mut order_ids = BTreeSet::new();
        let mut after = None;
        loop {
            let entries = self
                .provider()?
                .transactions(range.from, range.until, after, PAGE)
                .await?;
            let full = entries.len() >= PAGE as usize;
            after = entries.last().map(|entry| entry.transaction_key.clone());
            order_ids.extend(entries.into_iter().map(|entry| entry.order_id));
            if !full {
                return Ok(order_ids);
            }
        }
    }

    async fn stored_order_ids(&self, range: TimeRange) -> Result<BTreeSet<String>, StorageError> {
        let mut order_ids = BTreeSet::new();
        let mut after = None;
        loop {
            let orders = self
                .purchases
                .between(range.from, range.until, after, i64::from(PAGE))
                .await?;
            let full = orders.len() >= PAGE as usize;
            after = orders.last().cloned();
            order_ids.extend(orders.into_iter().map(|order| order.to_string()));
            if !full {
                return Ok(order_ids);
            }
        }
    }

    async fn compare(&self, order_id: String) -> Result<Option<Difference>, StorageError> {
        let order = match OrderId::parse(&order_id) {
            Ok(id) => self.purchases.find(&id).await?,
            Err(_) => None,
        };
        let Some(order) = order else {
            return Ok(Some(Difference::UnknownOrder { order: order_id }));
        };
        let payment = match self.read(&order).await {
            Ok(payment) => payment,
            Err(SettleError::Storage(error)) => return Err(error),
            Err(error) => {
                let reason = error.to_string();
                return Ok(Some(Difference::NotRead {
                    order: order_id,
                    reason,
                }));
            }
        };
        let Some(payment) = payment else {
            let granted = order.state == OrderState::Paid;
            return Ok(granted.then_some(Difference::NotAtProvider { order: order_id }));
        };
        self.repair(order, payment).await
    }

    async fn repair(&self, order: Order, payment: Payment) -> Result<Option<Difference>, StorageError> {
        let (order_id, from, expected) = (order.id.to_string(), order.state, order.price.clone());
        let (status, found) = (payment.status, payment.total.clone());
        Ok(match self.settle(order, Some(payment)).await? {
            Settled::PaymentMismatch(_) => Some(Difference::PaymentMismatch {
                order: order_id,
                expected,
                found,
                payment: status,
            }),
            Settled::BuyerDeleted(_) => Some(Difference::BuyerDeleted { order: order_id }),
            Settled::Done(outcome) if outcome.applied => Some(Difference::Repaired {
                order: order_id,
                from,
                to: outcome.status,
                payment: status,
            }),
            Settled::Done(outcome) => remaining_difference(order_id, outcome.status, status),
        })
    }
}

/// A difference that needs an operator.
fn remaining_difference(order: String, state: OrderState, payment: PaymentStatus) -> Option<Difference> {
    use PaymentStatus::{Done, PartialCanceled};
    match (state, payment) {
        (OrderState::Paid, Done) => None,
        (OrderState::Paid, PartialCanceled) => Some(Difference::PartlyCanceled { order }),
        (OrderState::Paid, _) => Some(Difference::NoLongerDone { order, payment }),
        (_, Done | PartialCanceled) => Some(Difference::NotGranted {
            order,
            state,
            payment,
        }),
        _ => None,
    }
}
