//! Settings of the login provider and their validation.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use openidconnect::url::{self, Url};
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// <https://developers.google.com/identity/openid-connect/openid-connect>.
pub const GOOGLE_ISSUER: &str = "https://accounts.google.com";

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub struct Settings {
    /// Must be equal to the issuer in the discovery document and in the ID tokens.
    pub issuer_url: String,
    pub client_id: String,
    pub client_secret: SecretString,
    /// The callback URL, as registered with the provider.
    pub redirect_uri: String,
    /// Limit of one request, including the connection. A login sends up to four.
    pub timeout: Duration,
}

impl Settings {
    /// Settings for Google with the default timeout.
    pub fn new(client_id: String, client_secret: SecretString, redirect_uri: String) -> Self {
        Self {
            issuer_url: GOOGLE_ISSUER.to_owned(),
            client_id,
            client_secret,
            redirect_uri,
            timeout: DEFAULT_TIMEOUT,
        }
    }
}

/// An invalid setting: no login could succeed with it.
#[derive(Debug, Error)]
pub enum SettingsError {
    #[error("the login provider's issuer is not an absolute URL: {0}")]
    Issuer(url::ParseError),
    /// Without TLS, an attacker on the network could log in as anybody.
    #[error("the login provider's issuer must be an https URL (http only on the loopback address)")]
    InsecureIssuer,
    #[error("the login's redirect URI is not an absolute URL: {0}")]
    RedirectUri(url::ParseError),
    #[error("the login needs a client id and a client secret")]
    NoCredentials,
    /// For example when the system has no usable TLS certificates.
    #[error("setting up the HTTP client for the login provider: {0}")]
    HttpClient(#[from] reqwest::Error),
}

/// The settings, parsed.
pub(crate) struct Registration {
    pub(crate) issuer: IssuerUrl,
    pub(crate) client_id: ClientId,
    pub(crate) client_secret: ClientSecret,
    pub(crate) redirect_uri: RedirectUrl,
    /// `false` only for a provider on the loopback address.
    pub(crate) https_only: bool,
}

impl Registration {
    pub(crate) fn parse(settings: &Settings) -> Result<Self, SettingsError> {
        let secret = settings.client_secret.expose_secret();
        if settings.client_id.is_empty() || secret.is_empty() {
            return Err(SettingsError::NoCredentials);
        }
        let issuer = IssuerUrl::new(settings.issuer_url.clone()).map_err(SettingsError::Issuer)?;
        let https_only = match issuer.url().scheme() {
            "https" => true,
            "http" if is_loopback(issuer.url()) => false,
            _ => return Err(SettingsError::InsecureIssuer),
        };
        Ok(Self {
            issuer,
            client_id: ClientId::new(settings.client_id.clone()),
            client_secret: ClientSecret::new(secret.to_owned()),
            redirect_uri: RedirectUrl::new(settings.redirect_uri.clone())
                .map_err(SettingsError::RedirectUri)?,
            https_only,
        })
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(url::Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}
