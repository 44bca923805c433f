//! A payment provider that can inject faults, and a buyer on its page.

use std::ops::Deref;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use local_services::toss::{LocalToss, LocalTossOptions};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

pub use local_services::toss::{Call, InjectedFault as Fault};

/// The local provider with a random secret key. It derefs to [`LocalToss`].
#[derive(Debug)]
pub struct TestPayments {
    toss: LocalToss,
    secret_key: SecretString,
    browser: reqwest::Client,
}

impl TestPayments {
    /// Starts on a free port without webhooks (see [`LocalToss::set_webhook_url`]); ends when it is dropped.
    pub fn start() -> Result<Self> {
        Self::start_with(|_| ())
    }

    /// As [`Self::start`], with other options.
    pub fn start_with(change: impl FnOnce(&mut LocalTossOptions)) -> Result<Self> {
        // Random, so that finding it anywhere means that it leaked.
        let secret_key = SecretString::from(format!("test_sk_{:032x}", rand::random::<u128>()));
        let mut options = LocalTossOptions::new(secret_key);
        options.webhook_pauses = [50, 100, 200].map(Duration::from_millis).to_vec();
        change(&mut options);
        let secret_key = options.secret_key.clone();
        Ok(Self {
            toss: LocalToss::start(options)?,
            secret_key,
            browser: reqwest::Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .build()?,
        })
    }

    pub fn secret_key(&self) -> &str {
        self.secret_key.expose_secret()
    }

    /// The buyer pays on the page (`payment_url`, or the payment's key). Returns the redirect: the shop's success
    /// address with `paymentKey`, `orderId` and `amount`.
    pub async fn pay(&self, payment: &str) -> Result<String> {
        self.press(payment, "pay", "").await
    }

    /// As [`Self::pay`]; the confirmation fails with this code (`REJECT_CARD_COMPANY` aborts the payment,
    /// `PROVIDER_ERROR` does not change it).
    pub async fn pay_with_test_code(&self, payment: &str, code: &str) -> Result<String> {
        self.press(payment, "pay", code).await
    }

    /// The card company declines. Returns the redirect: the shop's fail address with `code`, `message` and `orderId`.
    pub async fn decline(&self, payment: &str) -> Result<String> {
        self.press(payment, "decline", "").await
    }

    /// The buyer cancels: `code` is `PAY_PROCESS_CANCELED`, without `orderId`.
    pub async fn turn_back(&self, payment: &str) -> Result<String> {
        self.press(payment, "cancel", "").await
    }

    /// The payment key of a payment page.
    pub fn payment_key(&self, payment_url: &str) -> Result<String> {
        let start = format!("{}/v1/payments/", self.base_url());
        let key = payment_url
            .strip_prefix(&start)
            .and_then(|rest| rest.strip_suffix("/checkout"));
        key.map(str::to_owned)
            .with_context(|| format!("{payment_url} is no page of the payment provider"))
    }

    /// Sends an event to the shop's webhook; returns the status of the answer.
    pub async fn send_webhook(&self, body: &Value) -> Result<u16> {
        let url = self.webhook_url().context("set a webhook address first")?;
        Ok(self.browser.post(url).json(body).send().await?.status().as_u16())
    }

    async fn press(&self, payment: &str, choice: &str, test_code: &str) -> Result<String> {
        let page = if payment.contains("://") {
            payment.to_owned()
        } else {
            format!("{}/v1/payments/{payment}/checkout", self.base_url())
        };
        let form = [("choice", choice), ("test_code", test_code)];
        let answer = self.browser.post(page).form(&form).send().await?;
        match answer.headers().get(LOCATION) {
            Some(location) => Ok(location.to_str()?.to_owned()),
            None => bail!("the page leads nowhere, it answers {}", answer.status()),
        }
    }
}

impl Deref for TestPayments {
    type Target = LocalToss;

    fn deref(&self) -> &LocalToss {
        &self.toss
    }
}
