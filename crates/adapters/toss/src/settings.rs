//! Which shop of Toss Payments we are, and where buyers come back to.

use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// Toss Payments' own address.
pub const TOSS_API: &str = "https://api.tosspayments.com";

/// Which shop we are, and where buyers come back to.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The shop's secret key, `live_sk_…` or `test_sk_…`.
    pub secret_key: SecretString,
    /// [`TOSS_API`], or another that speaks the same.
    pub api_base_url: String,
    /// Where the browser returns with `paymentKey`, `orderId` and `amount`.
    pub success_url: String,
    /// Where the browser returns with `code`, `message` and `orderId`.
    pub fail_url: String,
    /// For one call, connecting, repeating and reading the answer included.
    pub timeout: Duration,
}

/// Why no payment could ever be made with these settings.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// There is no secret key.
    #[error("payments need the secret key of a Toss Payments shop")]
    NoSecretKey,
    /// The API's address is not one.
    #[error("the address of the Toss Payments API is not an absolute http(s) address")]
    ApiAddress,
    /// The secret key would be sent for everybody to read.
    #[error("the address of the Toss Payments API must be an https address (http only on this machine)")]
    InsecureApi,
    /// Buyers could not come back.
    #[error("the address to which a buyer returns is not an absolute http(s) address")]
    ReturnAddress,
    /// No time to answer in.
    #[error("a call to Toss Payments needs some time")]
    NoTime,
    /// The HTTP client cannot be set up, which would be a fault of this machine.
    #[error("setting up the HTTP client for Toss Payments: {0}")]
    HttpClient(#[from] reqwest::Error),
}

/// The same, checked.
pub(crate) struct Shop {
    pub(crate) api: Url,
    /// `Basic …`, marked as sensitive: it is not shown.
    pub(crate) authorization: HeaderValue,
    pub(crate) success_url: String,
    pub(crate) fail_url: String,
    pub(crate) timeout: Duration,
    /// Everything goes over TLS; false only for an API on this machine.
    pub(crate) https_only: bool,
}

impl Shop {
    pub(crate) fn parse(settings: &Settings) -> Result<Self, SettingsError> {
        let api = Url::parse(&settings.api_base_url).map_err(|_| SettingsError::ApiAddress)?;
        let https_only = match api.scheme() {
            "https" => true,
            "http" if is_this_machine(&api) => false,
            "http" => return Err(SettingsError::InsecureApi),
            _ => return Err(SettingsError::ApiAddress),
        };
        if settings.timeout.is_zero() {
            return Err(SettingsError::NoTime);
        }
        Ok(Self {
            api,
            authorization: authorization(&settings.secret_key)?,
            success_url: return_address(&settings.success_url)?,
            fail_url: return_address(&settings.fail_url)?,
            timeout: settings.timeout,
            https_only,
        })
    }
}

/// Basic authorization with the secret key for a user and no password.
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

fn return_address(raw: &str) -> Result<String, SettingsError> {
    match Url::parse(raw) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url.into()),
        _ => Err(SettingsError::ReturnAddress),
    }
}

fn is_this_machine(address: &Url) -> bool {
    let Some(host) = address.host_str() else {
        return false;
    };
    let ip = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}
