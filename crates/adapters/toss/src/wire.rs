//! Request and response bodies. Unknown fields are ignored, because Toss adds fields without notice.

use chrono::{DateTime, Utc};
use domain::Money;
use domain::tokens::{Payment, PaymentError, PaymentStatus, ProviderTransaction};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::unknown;

pub(crate) const MAX_PAYMENT_KEY_CHARS: usize = 200;

/// `POST /v1/payments`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckoutRequest<'a> {
    pub(crate) method: &'static str,
    pub(crate) amount: Box<RawValue>,
    pub(crate) currency: &'a str,
    pub(crate) order_id: &'a str,
    pub(crate) order_name: &'a str,
    pub(crate) success_url: &'a str,
    pub(crate) fail_url: &'a str,
}

/// `POST /v1/payments/confirm`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfirmRequest<'a> {
    pub(crate) payment_key: &'a str,
    pub(crate) order_id: &'a str,
    pub(crate) amount: Box<RawValue>,
}

/// `POST /v1/payments/{paymentKey}/cancel`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CancelRequest<'a> {
    pub(crate) cancel_reason: &'a str,
}

/// Toss's `Payment`, reduced to the fields in use.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentBody {
    pub(crate) payment_key: String,
    pub(crate) order_id: String,
    status: String,
    /// Kept as text, because a float would not be exact.
    total_amount: Box<RawValue>,
    currency: String,
    approved_at: Option<String>,
    pub(crate) checkout: Option<CheckoutBody>,
}

#[derive(Deserialize)]
pub(crate) struct CheckoutBody {
    pub(crate) url: String,
}

/// Toss's `Transaction`, reduced to the fields in use.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TransactionBody {
    transaction_key: String,
    payment_key: String,
    order_id: String,
}

/// The amount as a JSON number with all digits.
///
/// # Errors
/// None in practice: a decimal is always a valid JSON number.
pub(crate) fn number(amount: Decimal) -> Result<Box<RawValue>, PaymentError> {
    RawValue::from_string(amount.normalize().to_string())
        .map_err(|_| PaymentError::Misconfigured("the amount cannot be sent".to_owned()))
}

/// # Errors
/// `Unknown` when the body is not a payment.
pub(crate) fn payment_body(response: &[u8]) -> Result<PaymentBody, PaymentError> {
    let body: PaymentBody = parse(response)?;
    let valid_lengths = 1..=MAX_PAYMENT_KEY_CHARS;
    if valid_lengths.contains(&body.payment_key.chars().count()) {
        Ok(body)
    } else {
        Err(unparsable())
    }
}

/// # Errors
/// `Unknown` when the body is not a list of transactions.
pub(crate) fn transactions(response: &[u8]) -> Result<Vec<ProviderTransaction>, PaymentError> {
    let bodies: Vec<TransactionBody> = parse(response)?;
    let transaction = |body: TransactionBody| ProviderTransaction {
        transaction_key: body.transaction_key,
        payment_key: body.payment_key,
        order_id: body.order_id,
    };
    Ok(bodies.into_iter().map(transaction).collect())
}

impl TryFrom<PaymentBody> for Payment {
    type Error = PaymentError;

    fn try_from(body: PaymentBody) -> Result<Self, PaymentError> {
        let status =
            PaymentStatus::parse(&body.status).map_err(|_| unknown("the payment has an unknown status"))?;
        let amount = decimal(body.total_amount.get()).ok_or_else(unparsable)?;
        let approved_at = body.approved_at.as_deref().map(time).transpose()?;
        Ok(Self {
            payment_key: body.payment_key,
            order_id: body.order_id,
            status,
            total: Money {
                amount,
                currency: body.currency,
            },
            approved_at,
        })
    }
}

/// The exact value; `None` when it is negative, is not a number or has more digits than `Decimal` can hold.
fn decimal(raw: &str) -> Option<Decimal> {
    let amount = if raw.contains(['e', 'E']) {
        Decimal::from_scientific(raw).ok()?
    } else {
        Decimal::from_str_exact(raw).ok()?
    };
    (!amount.is_sign_negative()).then(|| amount.normalize())
}

/// Toss sends Korean time, `2026-11-01T09:00:00+09:00`.
fn time(raw: &str) -> Result<DateTime<Utc>, PaymentError> {
    DateTime::parse_from_rfc3339(raw)
        .map(|time| time.to_utc())
        .map_err(|_| unparsable())
}

fn parse<'a, T: Deserialize<'a>>(response: &'a [u8]) -> Result<T, PaymentError> {
    serde_json::from_slice(response).map_err(|_| unparsable())
}

/// Leaves out the response: it may contain anything.
fn unparsable() -> PaymentError {
    unknown("the response cannot be parsed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_parsed_exactly() {
        for (raw, exact) in [
            ("10000", "10000"),
            ("10000.00", "10000"),
            ("0.1", "0.1"),
            ("1e4", "10000"),
            ("12345678901234567.89", "12345678901234567.89"),
        ] {
            assert_eq!(decimal(raw).unwrap().to_string(), exact, "{raw}");
        }
        for raw in [
            "-1",
            "\"10000\"",
            "null",
            "true",
            "1e999",
            "0.00000000000000000000000000000001",
        ] {
            assert_eq!(decimal(raw), None, "{raw}");
        }
    }

    #[test]
    fn amounts_are_sent_as_plain_numbers() {
        for (amount, sent) in [
            (Decimal::new(1_000_000, 2), "10000"),
            (Decimal::new(1_050, 2), "10.5"),
            (Decimal::from(80_000), "80000"),
        ] {
            assert_eq!(number(amount).unwrap().get(), sent);
        }
    }

    #[test]
    fn korean_time_is_converted_to_utc() {
        let parsed = time("2026-11-01T09:00:00+09:00").unwrap();
        assert_eq!(parsed.to_rfc3339(), "2026-11-01T00:00:00+00:00");
        assert!(time("2026-11-01 09:00").is_err());
    }
}
