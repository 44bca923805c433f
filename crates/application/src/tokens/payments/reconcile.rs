//! Every order of a span of time compared with its payment, both ways round: what was paid and not granted is repaired,
//! every other difference is listed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    StorageError,
    tokens::{Difference, Order, OrderId, OrderState, Payment, PaymentStatus},
};

use super::{PaymentService, SettleError, settle::Settled};

/// Lines of the provider's list, and orders of ours, read at once.
const PAGE: u32 = 500;

/// Which orders and payments are compared: those of `from` and later, and before `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// What was compared and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reconciled {
    pub orders: usize,
    /// Every difference, by order.
    pub differences: Vec<Difference>,
}

impl PaymentService {
    /// Reconciles. Safe beside running servers: each repair is guarded like any other change.
    pub async fn reconcile(&self, span: Span) -> Result<Reconciled, SettleError> {
        let mut names = self.paid_at_the_provider(span).await?;
        names.extend(self.made_here(span).await?);
        let mut found = Reconciled {
            orders: names.len(),
            differences: Vec::new(),
        };
        for name in names {
            found.differences.extend(self.compare(name).await?);
        }
        Ok(found)
    }

    async fn paid_at_the_provider(&self, span: Span) -> Result<BTreeSet<String>, SettleError> {
        let mut names = BTreeSet::new();
        let mut after = None;
        loop {
            let lines = self
                .provider()?
                .transactions(span.from, span.until, after, PAGE)
                .await?;
            let full = lines.len() >= PAGE as usize;
            after = lines.last().map(|line| line.transaction_key.clone());
            names.extend(lines.into_iter().map(|line| line.order_id));
            if !full {
                return Ok(names);
            }
        }
    }

    async fn made_here(&self, span: Span) -> Result<BTreeSet<String>, StorageError> {
        let mut names = BTreeSet::new();
        let mut after = None;
        loop {
            let orders = self
                .purchases
                .between(span.from, span.until, after, i64::from(PAGE))
                .await?;
            let full = orders.len() >= PAGE as usize;
            after = orders.last().cloned();
            names.extend(orders.into_iter().map(|order| order.to_string()));
            if !full {
                return Ok(names);
            }
        }
    }

    async fn compare(&self, name: String) -> Result<Option<Difference>, StorageError> {
        let order = match OrderId::parse(&name) {
            Ok(id) => self.purchases.find(&id).await?,
            Err(_) => None,
        };
        let Some(order) = order else {
            return Ok(Some(Difference::UnknownOrder { order: name }));
        };
        let payment = match self.read(&order).await {
            Ok(payment) => payment,
            Err(SettleError::Storage(error)) => return Err(error),
            Err(error) => {
                let reason = error.to_string();
                return Ok(Some(Difference::NotRead { order: name, reason }));
            }
        };
        let Some(payment) = payment else {
            let granted = order.state == OrderState::Paid;
            return Ok(granted.then_some(Difference::NotAtProvider { order: name }));
        };
        self.repair(order, payment).await
    }

    async fn repair(&self, order: Order, payment: Payment) -> Result<Option<Difference>, StorageError> {
        let (name, from, expected) = (order.id.to_string(), order.state, order.price.clone());
        let (status, found) = (payment.status, payment.total.clone());
        Ok(match self.settle(order, Some(payment)).await? {
            Settled::AnotherPayment(_) => Some(Difference::AnotherPayment {
                order: name,
                expected,
                found,
                payment: status,
            }),
            Settled::BuyerGone(_) => Some(Difference::BuyerGone { order: name }),
            Settled::As(outcome) if outcome.applied => Some(Difference::Repaired {
                order: name,
                from,
                to: outcome.state,
                payment: status,
            }),
            Settled::As(outcome) => left(name, outcome.state, status),
        })
    }
}

/// What a human has to look at although nothing could be repaired.
fn left(order: String, state: OrderState, payment: PaymentStatus) -> Option<Difference> {
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
