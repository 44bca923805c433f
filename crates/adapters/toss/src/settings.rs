//! Settings of the payment provider and their validation.

use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// The production URL of Toss Payments.
pub const TOSS_API: &str = "https://api.tosspayments.com";

#[derive(Debug, Clone)]
pub struct Settings {
    /// The shop's secret key, `live_sk_…` or `test_sk_…`.
    pub secret_key: SecretString,
    /// [`TOSS_API`], or another server with the same API.
    pub api_base_url: String,
    /// Redirect URL after a payment, with `paymentKey`, `orderId` and `amount`.
    pub success_url: String,
    /// Redirect URL after a failure, with `code`, `message` and `orderId`.
    pub fail_url: String,
    /// Limit of one call, including the connection, retries and reading the response.
    pub timeout: Duration,
}

/// An invalid setting: no payment could succeed with it.
#[derive(Debug, Error)]
pub enum SettingsError {
    #[error("payments need the secret key of a Toss Payments shop")]
    NoSecretKey,
    #[error("the address of the Toss Payments API is not an absolute http(s) URL")]
    ApiAddress,
    /// Without TLS, the secret key would be readable on the network.
    #[error("the address of the Toss Payments API must be an https URL (http only on the loopback address)")]
    InsecureApi,
    #[error("the redirect URL for buyers is not an absolute http(s) URL")]
    RedirectUrl,
    #[error("the timeout for Toss Payments must not be zero")]
    ZeroTimeout,
    /// For example when the system has no usable TLS certificates.
    #[error("setting up the HTTP client for Toss Payments: {0}")]
    HttpClient(#[from] reqwest::Error),
}

/// The settings, checked.
pub(crate) struct Shop {
    pub(crate) api: Url,
    /// `Basic …`, marked as sensitive, so that `Debug` does not show it.
    pub(crate) authorization: HeaderValue,
    pub(crate) success_url: String,
    pub(crate) fail_url: String,
    pub(crate) timeout: Duration,
    /// `false` only for an API on the loopback address.
    pub(crate) https_only: bool,
}

impl Shop {
    pub(crate) fn parse(settings: &Settings) -> Result<Self, SettingsError> {
        let api = Url::parse(&settings.api_base_url).map_err(|_| SettingsError::ApiAddress)?;
        let https_only = match api.scheme() {
            "https" => true,
            "http" if is_loopback(&api) => false,
            "http" => return Err(SettingsError::InsecureApi),
            _ => return Err(SettingsError::ApiAddress),
        };
        if settings.timeout.is_zero() {
            return Err(SettingsError::ZeroTimeout);
        }
        Ok(Self {
            api,
            authorization: authorization(&settings.secret_key)?,
            success_url: redirect_url(&settings.success_url)?,
            fail_url: redirect_url(&settings.fail_url)?,
            timeout: settings.timeout,
            https_only,
        })
    }
}

/// HTTP Basic with the secret key as user name and an empty password.
fn authorization(secret_key: &SecretString) -> Result<HeaderValue, SettingsError> {
    let secret_key = secret_key.expose_secret();
    if secret_key.trim().is_empty() {
        return Err(SettingsError::NoSecretKey);
    }
    let encoded = STANDARD.encode(format!("{secret_key}:"));
    let mut value =
        HeaderValue::try_from(format!("Basic {encoded}")).map_err(|_| SettingsError::NoSecretKey)?;
    value.set_sensitive(true);
    Ok(value)
}

fn redirect_url(raw: &str) -> Result<String, SettingsError> {
    match Url::parse(raw) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url.into()),
        _ => Err(SettingsError::RedirectUrl),
    }
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let ip = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}
