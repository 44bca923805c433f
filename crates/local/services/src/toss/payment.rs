//! A payment and its JSON.

use chrono::{DateTime, Utc};
use domain::tokens::PaymentStatus;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};

use super::clock::korean_time;
use super::refusal::Refusal;
use super::server::LocalTossOptions;

#[allow(
    clippy::struct_field_names,
    reason = "the names are those of the provider's fields"
)]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) order_id: String,
    pub(super) order_name: String,
    /// Whole won.
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) success_url: String,
    pub(super) fail_url: String,
}

/// A capture or a refund.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Transaction {
    pub(super) key: String,
    /// Sequence number among all transactions of the shop.
    pub(super) number: u64,
    pub(super) at: DateTime<Utc>,
    /// Negative for a refund.
    pub(super) amount: i64,
    /// Empty for a capture.
    pub(super) reason: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Payment {
    pub(super) key: String,
    pub(super) order: Order,
    #[serde(serialize_with = "write_status", deserialize_with = "read_status")]
    pub(super) status: PaymentStatus,
    pub(super) requested_at: DateTime<Utc>,
    /// When the buyer authorized the payment.
    pub(super) authenticated_at: Option<DateTime<Utc>>,
    pub(super) transactions: Vec<Transaction>,
    /// Code and message.
    pub(super) failure: Option<(String, String)>,
    /// The error for the confirmation, chosen on the checkout page.
    pub(super) test_code: Option<String>,
}

impl Payment {
    pub(super) fn is_overdue(&self, options: &LocalTossOptions, now: DateTime<Utc>) -> bool {
        let (since, window) = match (self.status, self.authenticated_at) {
            (PaymentStatus::Ready, _) => (self.requested_at, options.payment_window),
            (PaymentStatus::InProgress, Some(at)) => (at, options.confirm_window),
            _ => return false,
        };
        (now - since).to_std().is_ok_and(|waited| waited > window)
    }

    /// The captured amount minus refunds.
    pub(super) fn balance(&self) -> i64 {
        self.transactions
            .iter()
            .map(|transaction| transaction.amount)
            .sum()
    }

    /// Ends the payment without a capture.
    pub(super) fn fail(&mut self, status: PaymentStatus, refusal: &Refusal) {
        self.status = status;
        self.failure = Some((refusal.code.clone(), refusal.message.to_owned()));
    }

    /// Toss's `Payment`.
    pub(super) fn to_json(&self, base_url: &str) -> Value {
        let capture = self.transactions.first();
        let cancels: Vec<Value> = self.transactions.iter().skip(1).map(cancel_json).collect();
        let total = self.order.amount;
        let supplied = total - total / 11;
        json!({
            "mId": "stylelicense-local",
            "version": "2022-11-16",
            "paymentKey": self.key,
            "type": "NORMAL",
            "orderId": self.order.order_id,
            "orderName": self.order.order_name,
            "currency": self.order.currency,
            "country": "KR",
            "method": self.authenticated_at.map(|_| "카드"),
            "totalAmount": total,
            "balanceAmount": if capture.is_some() { self.balance() } else { total },
            "suppliedAmount": supplied,
            "vat": total - supplied,
            "taxFreeAmount": 0,
            "taxExemptionAmount": 0,
            "status": self.status.as_str(),
            "requestedAt": korean_time(self.requested_at),
            "approvedAt": capture.map(|transaction| korean_time(transaction.at)),
            "lastTransactionKey": self.transactions.last().map(|transaction| &transaction.key),
            "useEscrow": false,
            "cultureExpense": false,
            "isPartialCancelable": true,
            "card": null,
            "virtualAccount": null,
            "transfer": null,
            "easyPay": null,
            "secret": null,
            "discount": null,
            "metadata": null,
            "receipt": null,
            "checkout": {"url": format!("{base_url}/v1/payments/{}/checkout", self.key)},
            "cancels": if cancels.is_empty() { Value::Null } else { Value::Array(cancels) },
            "failure": self.failure.as_ref().map(|(code, message)| json!({"code": code, "message": message})),
        })
    }
}

fn cancel_json(transaction: &Transaction) -> Value {
    json!({
        "transactionKey": transaction.key,
        "cancelAmount": -transaction.amount,
        "cancelReason": transaction.reason,
        "canceledAt": korean_time(transaction.at),
        "cancelStatus": "DONE",
    })
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn write_status<S: Serializer>(status: &PaymentStatus, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(status.as_str())
}

fn read_status<'de, D: Deserializer<'de>>(from: D) -> Result<PaymentStatus, D::Error> {
    let word = String::deserialize(from)?;
    PaymentStatus::parse(&word).map_err(|_| de::Error::custom("unknown payment status"))
}
