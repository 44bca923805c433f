//! A payment provider that can inject faults, and the actions of a buyer on its checkout page.

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
    /// Starts on a free port without webhooks (see [`LocalToss::set_webhook_url`]). Dropping it stops the server.
    pub fn start() -> Result<Self> {
        Self::start_with(|_| ())
    }

    /// Starts with changed options.
    pub fn start_with(change: impl FnOnce(&mut LocalTossOptions)) -> Result<Self> {
        // Random, so that a test can search for leaks.
        let secret_key = SecretString::from(format!("test_sk_{:032x}", rand::random::<u128>()));
        let mut options = LocalTossOptions::new(secret_key);
        options.webhook_backoffs = [50, 100, 200].map(Duration::from_millis).to_vec();
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

    /// The buyer pays on the checkout page (`payment` is its URL or the payment key). Returns the redirect to the
    /// success URL with `paymentKey`, `orderId` and `amount`.
    pub async fn pay(&self, payment: &str) -> Result<String> {
        self.submit(payment, "pay", "").await
    }

    /// Like [`Self::pay`], but the confirmation fails with this code (`REJECT_CARD_COMPANY` aborts the payment,
    /// `PROVIDER_ERROR` does not change it).
    pub async fn pay_with_test_code(&self, payment: &str, code: &str) -> Result<String> {
        self.submit(payment, "pay", code).await
    }

    /// The card company declines. Returns the redirect to the fail URL with `code`, `message` and `orderId`.
    pub async fn decline(&self, payment: &str) -> Result<String> {
        self.submit(payment, "decline", "").await
    }

    /// The buyer cancels. The redirect has the code `PAY_PROCESS_CANCELED` and no `orderId`.
    pub async fn cancel_checkout(&self, payment: &str) -> Result<String> {
        self.submit(payment, "cancel", "").await
    }

    /// The payment key in the URL of a checkout page.
    pub fn payment_key(&self, payment_url: &str) -> Result<String> {
        let start = format!("{}/v1/payments/", self.base_url());
        let key = payment_url
            .strip_prefix(&start)
            .and_then(|rest| rest.strip_suffix("/checkout"));
        key.map(str::to_owned)
            .with_context(|| format!("{payment_url} is not a checkout page"))
    }

    /// Sends an event to the shop's webhook; returns the status of the response.
    pub async fn send_webhook(&self, body: &Value) -> Result<u16> {
        let url = self.webhook_url().context("the webhook URL is not set")?;
        Ok(self.browser.post(url).json(body).send().await?.status().as_u16())
    }

    async fn submit(&self, payment: &str, choice: &str, test_code: &str) -> Result<String> {
        let page = if payment.contains("://") {
            payment.to_owned()
        } else {
            format!("{}/v1/payments/{payment}/checkout", self.base_url())
        };
        let form = [("choice", choice), ("test_code", test_code)];
        let response = self.browser.post(page).form(&form).send().await?;
        match response.headers().get(LOCATION) {
            Some(location) => Ok(location.to_str()?.to_owned()),
            None => bail!(
                "expected a redirect from the checkout page, got {}",
                response.status()
            ),
        }
    }
}

impl Deref for TestPayments {
    type Target = LocalToss;

    fn deref(&self) -> &LocalToss {
        &self.toss
    }
}
