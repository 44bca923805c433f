//! Which provider, and who we are to it.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use openidconnect::url::{self, Url};
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// Google's issuer, <https://developers.google.com/identity/openid-connect/openid-connect>.
pub const GOOGLE_ISSUER: &str = "https://accounts.google.com";

/// How long one request to the provider may take unless something else is set.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// Which provider, and who we are to it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The provider's issuer; it has to match the one in its documents and tokens to the letter.
    pub issuer_url: String,
    /// The id under which the platform is registered with the provider.
    pub client_id: String,
    /// Proves to the token endpoint that it is us.
    pub client_secret: SecretString,
    /// The platform's callback, as registered with the provider.
    pub redirect_uri: String,
    /// For one request to the provider, connecting included. A login takes up to four of them.
    pub timeout: Duration,
}

impl Settings {
    /// A client of Google with the default time-out.
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

/// Why nobody could ever log in with these settings.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The issuer is not an address.
    #[error("the login provider's issuer is not an absolute address: {0}")]
    Issuer(url::ParseError),
    /// Who can change what the provider sends can be anybody.
    #[error("the login provider's issuer must be an https address (http only on this machine)")]
    InsecureIssuer,
    /// The callback is not an address.
    #[error("the login's redirect address is not an absolute address: {0}")]
    RedirectUri(url::ParseError),
    /// There is no client id or no client secret.
    #[error("the login needs a client id and a client secret")]
    NoCredentials,
    /// The HTTP client cannot be set up, which would be a fault of this machine.
    #[error("setting up the HTTP client for the login provider: {0}")]
    HttpClient(#[from] reqwest::Error),
}

/// The same, parsed.
pub(crate) struct Registration {
    pub(crate) issuer: IssuerUrl,
    pub(crate) client_id: ClientId,
    pub(crate) client_secret: ClientSecret,
    pub(crate) redirect_uri: RedirectUrl,
    /// Everything goes over TLS; false only for a provider on this machine.
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
            "http" if is_this_machine(issuer.url()) => false,
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

fn is_this_machine(address: &Url) -> bool {
    match address.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(url::Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}
