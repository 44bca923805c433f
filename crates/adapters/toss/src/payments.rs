//! Implements the payment port with calls to the Toss API.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, TimeDelta, Timelike, Utc};
use domain::Money;
use domain::tokens::{Checkout, CheckoutOrder, Payment, PaymentError, PaymentProvider, ProviderTransaction};
use serde::Serialize;

use crate::error::{ApiError, unknown};
use crate::http::Api;
use crate::settings::{Settings, SettingsError, Shop};
use crate::wire::{self, CancelRequest, CheckoutRequest, ConfirmRequest, MAX_PAYMENT_KEY_CHARS, PaymentBody};

/// Cards, and wallets that use cards. The payment completes at once or not at all.
const METHOD: &str = "CARD";

/// Korea's offset from UTC in seconds. The API expects times in Korean time.
const KOREA_OFFSET_SECONDS: i32 = 9 * 3_600;

/// Error code of a repeated refund.
const ALREADY_CANCELED: &str = "ALREADY_CANCELED_PAYMENT";

/// Error code for a payment that does not exist.
const NOT_FOUND_PAYMENT: &str = "NOT_FOUND_PAYMENT";

pub struct TossPayments {
    api: Api,
    success_url: String,
    fail_url: String,
}

impl TossPayments {
    /// Checks the settings. The first payment sends the first request to Toss.
    ///
    /// # Errors
    /// An invalid setting.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let shop = Shop::parse(settings)?;
        Ok(Self {
            api: Api::new(&shop)?,
            success_url: shop.success_url,
            fail_url: shop.fail_url,
        })
    }

    async fn get_payment(&self, path: &[&str]) -> Result<Option<PaymentBody>, PaymentError> {
        match self.api.get(path, &[]).await {
            Ok(response) => wire::payment_body(&response).map(Some),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn post(
        &self,
        path: &[&str],
        key: Option<&str>,
        order_id: &str,
        body: &impl Serialize,
    ) -> Result<PaymentBody, PaymentError> {
        let body = serde_json::to_string(body).map_err(|_| ApiError::invalid_request("the request"))?;
        let response = self.api.post(path, key, body).await?;
        let payment = wire::payment_body(&response)?;
        check_match(payment.order_id == order_id)?;
        Ok(payment)
    }
}

#[async_trait]
impl PaymentProvider for TossPayments {
    async fn checkout(&self, order: &CheckoutOrder) -> Result<Checkout, PaymentError> {
        let request = CheckoutRequest {
            method: METHOD,
            amount: wire::number(order.price.amount)?,
            currency: &order.price.currency,
            order_id: &order.order_id,
            order_name: &order.name,
            success_url: &self.success_url,
            fail_url: &self.fail_url,
        };
        let payment = self
            .post(&["payments"], Some(&order.order_id), &order.order_id, &request)
            .await?;
        let checkout = payment.checkout.filter(|checkout| is_http_url(&checkout.url));
        let checkout = checkout.ok_or_else(|| unknown("the response has no checkout URL"))?;
        Ok(Checkout {
            payment_key: payment.payment_key,
            url: checkout.url,
        })
    }

    async fn confirm(
        &self,
        payment_key: &str,
        order_id: &str,
        amount: &Money,
    ) -> Result<Payment, PaymentError> {
        if !is_payment_key(payment_key) {
            return Err(no_such_payment());
        }
        let request = ConfirmRequest {
            payment_key,
            order_id,
            amount: wire::number(amount.amount)?,
        };
        let payment = self
            .post(&["payments", "confirm"], Some(order_id), order_id, &request)
            .await?;
        check_match(payment.payment_key == payment_key)?;
        payment.try_into()
    }

    async fn cancel(&self, payment_key: &str, order_id: &str, reason: &str) -> Result<Payment, PaymentError> {
        if !is_payment_key(payment_key) {
            return Err(no_such_payment());
        }
        let request = CancelRequest {
            cancel_reason: reason,
        };
        // Without an idempotency key: a full refund can succeed only once, and with a key Toss would return an earlier
        // failure for days.
        let path = ["payments", payment_key, "cancel"];
        let canceled = match self.post(&path, None, order_id, &request).await {
            Err(PaymentError::Refused { code, .. }) if code == ALREADY_CANCELED => {
                let payment = self.get_payment(&["payments", payment_key]).await?;
                payment.ok_or_else(no_such_payment)?
            }
            outcome => outcome?,
        };
        check_match(canceled.payment_key == payment_key && canceled.order_id == order_id)?;
        canceled.try_into()
    }

    async fn payment(&self, payment_key: &str) -> Result<Option<Payment>, PaymentError> {
        if !is_payment_key(payment_key) {
            return Ok(None);
        }
        let Some(payment) = self.get_payment(&["payments", payment_key]).await? else {
            return Ok(None);
        };
        check_match(payment.payment_key == payment_key)?;
        payment.try_into().map(Some)
    }

    async fn payment_of_order(&self, order_id: &str) -> Result<Option<Payment>, PaymentError> {
        if !is_path_segment(order_id) {
            return Ok(None);
        }
        let Some(payment) = self.get_payment(&["payments", "orders", order_id]).await? else {
            return Ok(None);
        };
        check_match(payment.order_id == order_id)?;
        payment.try_into().map(Some)
    }

    /// Toss uses whole seconds, so the result may include up to a second more at both ends.
    async fn transactions(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        after: Option<String>,
        limit: u32,
    ) -> Result<Vec<ProviderTransaction>, PaymentError> {
        let (from, until) = (korean_time(from)?, korean_time(round_up_to_second(until))?);
        let limit = limit.to_string();
        let mut query = vec![
            ("startDate", from.as_str()),
            ("endDate", &until),
            ("limit", &limit),
        ];
        if let Some(after) = &after {
            query.push(("startingAfter", after));
        }
        let response = self.api.get(&["transactions"], &query).await?;
        wire::transactions(&response)
    }
}

impl fmt::Debug for TossPayments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TossPayments")
            .field("api", &self.api.base().as_str())
            .finish_non_exhaustive()
    }
}

/// The response must belong to the requested payment.
fn check_match(matches: bool) -> Result<(), PaymentError> {
    if matches {
        Ok(())
    } else {
        Err(unknown("the response belongs to another payment"))
    }
}

fn no_such_payment() -> PaymentError {
    PaymentError::Refused {
        code: NOT_FOUND_PAYMENT.to_owned(),
        message: "There is no such payment.".to_owned(),
    }
}

/// Whether this can be a payment key. It comes from a browser and may be anything.
fn is_payment_key(raw: &str) -> bool {
    is_path_segment(raw) && raw.chars().count() <= MAX_PAYMENT_KEY_CHARS
}

/// Whether this stays one path segment. Percent-encoding covers all other characters, but not `.` and `..`.
fn is_path_segment(raw: &str) -> bool {
    !matches!(raw, "" | "." | "..") && !raw.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// The browser is redirected to this URL, so other schemes such as `javascript:` are refused.
fn is_http_url(raw: &str) -> bool {
    reqwest::Url::parse(raw).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn round_up_to_second(time: DateTime<Utc>) -> DateTime<Utc> {
    if time.nanosecond() == 0 {
        time
    } else {
        time + TimeDelta::seconds(1)
    }
}

/// `2026-11-01T09:00:00`, without an offset.
fn korean_time(time: DateTime<Utc>) -> Result<String, PaymentError> {
    let korea =
        FixedOffset::east_opt(KOREA_OFFSET_SECONDS).ok_or_else(|| ApiError::invalid_request("the time"))?;
    Ok(time.with_timezone(&korea).format("%Y-%m-%dT%H:%M:%S").to_string())
}
