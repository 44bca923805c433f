//! The login provider (OpenID Connect).

use async_trait::async_trait;
use thiserror::Error;

use crate::user::Identity;

/// What a login start hands to the browser, and what must be kept in the session until the callback.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginChallenge {
    /// Where to send the browser.
    pub url: String,
    /// Ties the callback to this browser.
    pub state: String,
    /// Ties the ID token to this login.
    pub nonce: String,
    /// PKCE verifier (S256), kept on the server.
    pub pkce_verifier: String,
}

impl std::fmt::Debug for LoginChallenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginChallenge(…)")
    }
}

/// Why a login did not succeed.
#[derive(Debug, Error)]
pub enum LoginError {
    /// The provider cannot be reached or does not answer properly; trying later may help.
    #[error("the login provider is not available: {0}")]
    Unavailable(String),
    /// The provider refused the code, or its ID token does not stand up to verification.
    #[error("the login was rejected: {0}")]
    Rejected(String),
    /// The provider does not vouch for the e-mail address.
    #[error("the e-mail address is not verified")]
    EmailNotVerified,
}

/// Sends people to the login provider and verifies with whom they come back.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait LoginProvider: Send + Sync {
    /// Starts a login: authorization code with PKCE S256, state and nonce.
    async fn begin(&self, login_hint: Option<String>) -> Result<LoginChallenge, LoginError>;

    /// Exchanges the code and verifies the ID token: signature, issuer, audience, expiry, nonce, e-mail.
    async fn finish(&self, code: &str, nonce: &str, pkce_verifier: &str) -> Result<Identity, LoginError>;
}
