//! Server-side sessions.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::{UserId, user::Role};

/// SHA-256 of a session's secret key: whoever reads the table cannot use what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionHash(pub [u8; 32]);

/// The person behind a session, as the account is now: a deactivation or a new role acts on the next request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOwner {
    /// The account.
    pub user_id: UserId,
    /// False once deactivated.
    pub is_active: bool,
    /// Role now.
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
    /// Who is signed in.
    pub user_id: Option<UserId>,
    /// What the edge keeps in it.
    pub data: HashMap<String, String>,
    /// End of life.
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
