//! The login provider (OpenID Connect) and the session store.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{StorageError, UserId, auth::Identity, users::Role};

/// A started login. `url` goes to the browser; the rest is kept in the session until the callback.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginChallenge {
    pub url: String,
    /// Binds the callback to this browser.
    pub state: String,
    /// Binds the ID token to this login.
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
    /// The provider cannot be reached or its response is invalid. A retry may help.
    #[error("the login provider is not available: {0}")]
    Unavailable(String),
    /// The provider refused the code, or its ID token is invalid.
    #[error("the login was rejected: {0}")]
    Rejected(String),
    #[error("the e-mail address is not verified")]
    EmailNotVerified,
}

/// Redirects users to the login provider and verifies their identity.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait LoginProvider: Send + Sync {
    /// Starts a login: authorization code with PKCE S256, state and nonce.
    async fn begin(&self, login_hint: Option<String>) -> Result<LoginChallenge, LoginError>;

    /// Exchanges the code and verifies the ID token: signature, issuer, audience, expiry, nonce, e-mail.
    async fn finish(&self, code: &str, nonce: &str, pkce_verifier: &str) -> Result<Identity, LoginError>;
}

/// SHA-256 of a session's secret key. A leaked table contains no usable keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionHash(pub [u8; 32]);

/// The user of a session, read on every request, so that a deactivation or a new role takes effect at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOwner {
    pub user_id: UserId,
    pub is_active: bool,
    pub role: Role,
    /// Whether the account has an artist profile.
    pub is_artist: bool,
}

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// Data of the HTTP layer.
    pub data: HashMap<String, String>,
    /// `None` before the login's callback.
    pub owner: Option<SessionOwner>,
    /// The row is deleted some time later.
    pub expires_at: DateTime<Utc>,
}

/// A session to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    pub hash: SessionHash,
    pub user_id: Option<UserId>,
    /// Data of the HTTP layer.
    pub data: HashMap<String, String>,
    pub expires_at: DateTime<Utc>,
}

/// Stores sessions.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// A session and its user, in one indexed read. Expired sessions are returned while their row exists, so that the
    /// response can say "expired".
    async fn load(&self, hash: SessionHash) -> Result<Option<StoredSession>, StorageError>;

    async fn create(&self, session: NewSession) -> Result<(), StorageError>;

    /// Updates an existing session. It never inserts one: a request that races a logout must not restore the session.
    /// False when there is no such session.
    async fn update(&self, session: NewSession) -> Result<bool, StorageError>;

    async fn delete(&self, hash: SessionHash) -> Result<(), StorageError>;
}
