//! The login provider (OpenID Connect).

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{StorageError, UserId, auth::Identity, users::Role};

/// What a login start hands to the browser, and what must be kept in the session until the callback.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginChallenge {
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

/// SHA-256 of a session's secret key: whoever reads the table cannot use what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionHash(pub [u8; 32]);

/// The person behind a session, as the account is now: a deactivation or a new role acts on the next request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOwner {
    pub user_id: UserId,
    /// False once deactivated.
    pub is_active: bool,
    pub role: Role,
    /// Whether the account has an artist profile.
    pub is_artist: bool,
}

/// A session as found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSession {
    /// What the edge keeps in it.
    pub data: HashMap<String, String>,
    /// Who is signed in; none before the login's callback.
    pub owner: Option<SessionOwner>,
    /// End of the session's life; the row may outlive it for a while.
    pub expires_at: DateTime<Utc>,
}

/// A session to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Hash of its key.
    pub hash: SessionHash,
    pub user_id: Option<UserId>,
    /// What the edge keeps in it.
    pub data: HashMap<String, String>,
    pub expires_at: DateTime<Utc>,
}

/// Keeps sessions.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Finds a session and the account behind it: one indexed read. Expired ones are found too, as long as their row
    /// is kept, so that the answer can say "expired" instead of "none".
    async fn load(&self, hash: SessionHash) -> Result<Option<LiveSession>, StorageError>;

    /// Keeps a new session.
    async fn create(&self, session: NewSession) -> Result<(), StorageError>;

    /// Changes an existing session and nothing else: a request that races a logout must not bring it back. False when
    /// there is none any more.
    async fn update(&self, session: NewSession) -> Result<bool, StorageError>;

    /// Moves the end of a session's life.
    async fn extend(&self, hash: SessionHash, expires_at: DateTime<Utc>) -> Result<(), StorageError>;

    /// Ends a session.
    async fn delete(&self, hash: SessionHash) -> Result<(), StorageError>;
}
