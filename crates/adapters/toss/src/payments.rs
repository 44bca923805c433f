//! The port, in Toss's calls.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, TimeDelta, Timelike, Utc};
use domain::Money;
use domain::tokens::Payment;
use domain::tokens::{Checkout, CheckoutOrder, PaymentError, PaymentProvider, ProviderTransaction};
use serde::Serialize;

use crate::http::Api;
use crate::refusal::{Refusal, unknown};
use crate::settings::{Settings, SettingsError, Shop};
use crate::wire::{self, CancelRequest, CheckoutRequest, ConfirmRequest, MAX_PAYMENT_KEY_CHARS, PaymentBody};

/// Cards and the wallets that hold them: paid at once or not at all.
const METHOD: &str = "CARD";

/// Seconds by which Korean time is ahead; the list of transactions is asked for in it.
const KOREA: i32 = 9 * 3_600;

/// What giving money back is refused with that was given back already.
const ALREADY_CANCELED: &str = "ALREADY_CANCELED_PAYMENT";

/// What a payment that cannot exist is refused with.
const NOT_FOUND_PAYMENT: &str = "NOT_FOUND_PAYMENT";

/// Takes payments through Toss Payments.
pub struct TossPayments {
    api: Api,
    success_url: String,
    fail_url: String,
}

impl TossPayments {
    /// Checks the settings; Toss is not asked anything before the first payment.
    ///
    /// # Errors
    /// [`SettingsError`] says which setting no payment could be made with.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let shop = Shop::parse(settings)?;
        Ok(Self {
            api: Api::new(&shop)?,
            success_url: shop.success_url,
            fail_url: shop.fail_url,
        })
    }

    /// Reads a payment; `None` when Toss knows none.
    async fn read(&self, path: &[&str]) -> Result<Option<PaymentBody>, PaymentError> {
        match self.api.get(path, &[]).await {
            Ok(answer) => wire::payment_body(&answer).map(Some),
            Err(refusal) if refusal.is_not_found() => Ok(None),
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn post(
        &self,
        path: &[&str],
        key: Option<&str>,
        order_id: &str,
        body: &impl Serialize,
    ) -> Result<PaymentBody, PaymentError> {
        let body = serde_json::to_string(body).map_err(|_| Refusal::of_request("the request"))?;
        let answer = self.api.post(path, key, body).await?;
        let payment = wire::payment_body(&answer)?;
        same(payment.order_id == order_id)?;
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
        let checkout = payment.checkout.filter(|checkout| is_web_address(&checkout.url));
        let checkout = checkout.ok_or_else(|| unknown("its answer names no page to pay on"))?;
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
        same(payment.payment_key == payment_key)?;
        payment.try_into()
    }

    async fn cancel(&self, payment_key: &str, order_id: &str, reason: &str) -> Result<Payment, PaymentError> {
        if !is_payment_key(payment_key) {
            return Err(no_such_payment());
        }
        let request = CancelRequest {
            cancel_reason: reason,
        };
        // Without a key: all of it can be given back only once, and a key would answer an earlier failure for days.
        let path = ["payments", payment_key, "cancel"];
        let canceled = match self.post(&path, None, order_id, &request).await {
            Err(PaymentError::Refused { code, .. }) if code == ALREADY_CANCELED => {
                let payment = self.read(&["payments", payment_key]).await?;
                payment.ok_or_else(no_such_payment)?
            }
            outcome => outcome?,
        };
        same(canceled.payment_key == payment_key && canceled.order_id == order_id)?;
        canceled.try_into()
    }

    async fn payment(&self, payment_key: &str) -> Result<Option<Payment>, PaymentError> {
        if !is_payment_key(payment_key) {
            return Ok(None);
        }
        let Some(payment) = self.read(&["payments", payment_key]).await? else {
            return Ok(None);
        };
        same(payment.payment_key == payment_key)?;
        payment.try_into().map(Some)
    }

    async fn payment_of_order(&self, order_id: &str) -> Result<Option<Payment>, PaymentError> {
        if !is_path_part(order_id) {
            return Ok(None);
        }
        let Some(payment) = self.read(&["payments", "orders", order_id]).await? else {
            return Ok(None);
        };
        same(payment.order_id == order_id)?;
        payment.try_into().map(Some)
    }

    /// Toss counts in whole seconds: the list may hold a little more at either end.
    async fn transactions(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        after: Option<String>,
        limit: u32,
    ) -> Result<Vec<ProviderTransaction>, PaymentError> {
        let (from, until) = (korean_time(from)?, korean_time(whole_second_after(until))?);
        let limit = limit.to_string();
        let mut query = vec![
            ("startDate", from.as_str()),
            ("endDate", &until),
            ("limit", &limit),
        ];
        if let Some(after) = &after {
            query.push(("startingAfter", after));
        }
        let answer = self.api.get(&["transactions"], &query).await?;
        wire::transactions(&answer)
    }
}

impl fmt::Debug for TossPayments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TossPayments")
            .field("api", &self.api.base().as_str())
            .finish_non_exhaustive()
    }
}

/// What comes back has to be what was asked for.
fn same(is_same: bool) -> Result<(), PaymentError> {
    if is_same {
        Ok(())
    } else {
        Err(unknown("its answer is about another payment"))
    }
}

fn no_such_payment() -> PaymentError {
    PaymentError::Refused {
        code: NOT_FOUND_PAYMENT.to_owned(),
        message: "There is no such payment.".to_owned(),
    }
}

/// Whether Toss could have made this key. It may come from anybody's browser.
fn is_payment_key(raw: &str) -> bool {
    is_path_part(raw) && raw.chars().count() <= MAX_PAYMENT_KEY_CHARS
}

/// Whether this stays one part of a path: whatever else is in it is escaped, but dots would lead elsewhere.
fn is_path_part(raw: &str) -> bool {
    !matches!(raw, "" | "." | "..") && !raw.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// A browser is sent there: nothing but a web page will do.
fn is_web_address(raw: &str) -> bool {
    reqwest::Url::parse(raw).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn whole_second_after(time: DateTime<Utc>) -> DateTime<Utc> {
    if time.nanosecond() == 0 {
        time
    } else {
        time + TimeDelta::seconds(1)
    }
}

/// `2026-11-01T09:00:00`, without an offset.
fn korean_time(time: DateTime<Utc>) -> Result<String, PaymentError> {
    let korea = FixedOffset::east_opt(KOREA).ok_or_else(|| Refusal::of_request("the time"))?;
    Ok(time.with_timezone(&korea).format("%Y-%m-%dT%H:%M:%S").to_string())
}
