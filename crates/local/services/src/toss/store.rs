//! All payments of the shop and their state transitions.

use chrono::{DateTime, Utc};
use domain::tokens::PaymentStatus;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::clock::korean_time;
use super::payment::{Order, Payment, Transaction};
use super::refusal::Refusal;
use super::server::LocalTossOptions;
use crate::secrets::random_token;

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct PaymentStore {
    /// Oldest first.
    payments: Vec<Payment>,
    /// Number of transactions.
    count: u64,
    /// Payments with a new status for which no event was sent yet.
    #[serde(skip)]
    changed: Vec<Payment>,
}

#[derive(Debug)]
pub(super) struct Page {
    pub(super) from: DateTime<Utc>,
    pub(super) until: DateTime<Utc>,
    pub(super) after: Option<String>,
    pub(super) limit: usize,
}

impl PaymentStore {
    pub(super) fn expire(&mut self, options: &LocalTossOptions, now: DateTime<Utc>) {
        let refusal = Refusal::of("EXPIRED_PAYMENT");
        for payment in &mut self.payments {
            if payment.is_overdue(options, now) {
                payment.fail(PaymentStatus::Expired, &refusal);
                self.changed.push(payment.clone());
            }
        }
    }

    /// The payments that changed since the last call, as they were at that time.
    pub(super) fn take_changed(&mut self) -> Vec<Payment> {
        std::mem::take(&mut self.changed)
    }

    pub(super) fn create(&mut self, order: Order, now: DateTime<Utc>) -> Result<Payment, Refusal> {
        let paid =
            |payment: &Payment| payment.order.order_id == order.order_id && !payment.transactions.is_empty();
        if self.payments.iter().any(paid) {
            return Err(Refusal::of("DUPLICATED_ORDER_ID"));
        }
        let payment = Payment {
            key: format!("local_{}", random_token()),
            order,
            status: PaymentStatus::Ready,
            requested_at: now,
            authenticated_at: None,
            transactions: Vec::new(),
            failure: None,
            test_code: None,
        };
        self.payments.push(payment.clone());
        Ok(payment)
    }

    pub(super) fn payment(&self, key: &str) -> Result<&Payment, Refusal> {
        let found = self.payments.iter().find(|payment| payment.key == key);
        found.ok_or_else(|| Refusal::of("NOT_FOUND_PAYMENT"))
    }

    /// The latest payment of an order.
    pub(super) fn of_order(&self, order_id: &str) -> Result<&Payment, Refusal> {
        let mut latest_first = self.payments.iter().rev();
        let found = latest_first.find(|payment| payment.order.order_id == order_id);
        found.ok_or_else(|| Refusal::of("NOT_FOUND_PAYMENT"))
    }

    /// The buyer authorizes the payment. With a test code, the confirmation fails with that error.
    pub(super) fn authenticate(
        &mut self,
        key: &str,
        test_code: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Payment, Refusal> {
        let payment = self.payment_mut(key)?;
        match payment.status {
            PaymentStatus::Ready => {
                payment.status = PaymentStatus::InProgress;
                payment.authenticated_at = Some(now);
                payment.test_code = test_code;
            }
            // The page was open in two tabs.
            PaymentStatus::InProgress => {}
            _ => return Err(Refusal::of("NOT_FOUND_PAYMENT_SESSION")),
        }
        Ok(payment.clone())
    }

    /// The card company declines.
    pub(super) fn decline(&mut self, key: &str, refusal: &Refusal) -> Result<Payment, Refusal> {
        let payment = self.payment_mut(key)?;
        if !matches!(payment.status, PaymentStatus::Ready | PaymentStatus::InProgress) {
            return Err(Refusal::of("NOT_FOUND_PAYMENT_SESSION"));
        }
        payment.fail(PaymentStatus::Aborted, refusal);
        let payment = payment.clone();
        self.changed.push(payment.clone());
        Ok(payment)
    }

    /// Captures the money.
    pub(super) fn confirm(
        &mut self,
        key: &str,
        order_id: &str,
        amount: i64,
        now: DateTime<Utc>,
    ) -> Result<Payment, Refusal> {
        let transaction = self.transaction(amount, String::new(), now);
        let payment = self.payment_mut(key)?;
        match payment.status {
            PaymentStatus::InProgress => {}
            PaymentStatus::Ready | PaymentStatus::Expired => {
                return Err(Refusal::of("NOT_FOUND_PAYMENT_SESSION"));
            }
            _ => return Err(Refusal::of("ALREADY_PROCESSED_PAYMENT")),
        }
        if payment.order.order_id != order_id || payment.order.amount != amount {
            return Err(Refusal::of("INVALID_REQUEST"));
        }
        let refusal = payment.test_code.as_deref().map(Refusal::of);
        match &refusal {
            Some(refusal) if refusal.is_final() => payment.fail(PaymentStatus::Aborted, refusal),
            Some(refusal) => return Err(refusal.clone()),
            None => {
                payment.status = PaymentStatus::Done;
                payment.transactions.push(transaction);
            }
        }
        let payment = payment.clone();
        self.changed.push(payment.clone());
        refusal.map_or(Ok(payment), Err)
    }

    /// Refunds `amount`, or the whole balance.
    pub(super) fn cancel(
        &mut self,
        key: &str,
        amount: Option<i64>,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Payment, Refusal> {
        let balance = self.payment(key)?.balance();
        let amount = amount.unwrap_or(balance);
        let transaction = self.transaction(-amount, reason.to_owned(), now);
        let payment = self.payment_mut(key)?;
        match payment.status {
            PaymentStatus::Done | PaymentStatus::PartialCanceled => {}
            PaymentStatus::Canceled => return Err(Refusal::of("ALREADY_CANCELED_PAYMENT")),
            _ => return Err(Refusal::of("NOT_CANCELABLE_PAYMENT")),
        }
        if !(1..=balance).contains(&amount) {
            return Err(Refusal::of("NOT_CANCELABLE_AMOUNT"));
        }
        payment.transactions.push(transaction);
        payment.status = if amount == balance {
            PaymentStatus::Canceled
        } else {
            PaymentStatus::PartialCanceled
        };
        let payment = payment.clone();
        self.changed.push(payment.clone());
        Ok(payment)
    }

    /// Oldest first.
    pub(super) fn transactions(&self, page: &Page) -> Vec<Value> {
        let mut transactions: Vec<(&Payment, &Transaction)> = self
            .payments
            .iter()
            .flat_map(|payment| {
                payment
                    .transactions
                    .iter()
                    .map(move |transaction| (payment, transaction))
            })
            .collect();
        transactions.sort_by_key(|(_, transaction)| transaction.number);
        let after = page.after.as_ref();
        let start = after.and_then(|key| {
            transactions
                .iter()
                .position(|(_, transaction)| transaction.key == *key)
        });
        let transactions = transactions
            .into_iter()
            .skip(start.map_or(0, |position| position + 1));
        transactions
            .filter(|(_, transaction)| (page.from..=page.until).contains(&transaction.at))
            .take(page.limit)
            .map(|(payment, transaction)| transaction_json(payment, transaction))
            .collect()
    }

    fn payment_mut(&mut self, key: &str) -> Result<&mut Payment, Refusal> {
        let found = self.payments.iter_mut().find(|payment| payment.key == key);
        found.ok_or_else(|| Refusal::of("NOT_FOUND_PAYMENT"))
    }

    fn transaction(&mut self, amount: i64, reason: String, at: DateTime<Utc>) -> Transaction {
        self.count += 1;
        Transaction {
            key: random_token(),
            number: self.count,
            at,
            amount,
            reason,
        }
    }
}

/// Toss's `Transaction`.
fn transaction_json(payment: &Payment, transaction: &Transaction) -> Value {
    let status = match transaction.amount {
        captured if captured > 0 => PaymentStatus::Done,
        refunded if -refunded == payment.order.amount => PaymentStatus::Canceled,
        _ => PaymentStatus::PartialCanceled,
    };
    json!({
        "mId": "stylelicense-local",
        "transactionKey": transaction.key,
        "paymentKey": payment.key,
        "orderId": payment.order.order_id,
        "method": "카드",
        "customerKey": null,
        "useEscrow": false,
        "receiptUrl": null,
        "status": status.as_str(),
        "transactionAt": korean_time(transaction.at),
        "currency": payment.order.currency,
        "amount": transaction.amount,
    })
}
