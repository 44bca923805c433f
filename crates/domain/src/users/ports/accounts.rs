//! Accounts, wallets and artist profiles.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    ObjectAddress, StorageError, UserId,
    auth::Identity,
    users::{ArtistName, EmailAddress, Username},
};

/// A first login.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub identity: Identity,
    pub username: Username,
    pub now: DateTime<Utc>,
}

/// What became of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// The account is new, with wallet and welcome bonus.
    Created(UserId),
    /// Another callback was faster, or the person was here before.
    Existing {
        user: UserId,
        /// False once deactivated.
        is_active: bool,
    },
    /// The username is taken: try another one.
    UsernameTaken,
}

/// A new artist profile.
#[derive(Debug, Clone)]
pub struct BecomeArtist {
    pub user: UserId,
    pub artist_name: ArtistName,
    pub verified_email: EmailAddress,
    /// The signature, already stored.
    pub signature: ObjectAddress,
    pub now: DateTime<Utc>,
}

/// Accounts, wallets and artist profiles.
#[async_trait]
pub trait Accounts: Send {
    /// Finds the account of an identity or makes it, with profile, wallet and the one welcome bonus.
    async fn register(&mut self, account: NewAccount) -> Result<Registered, StorageError>;

    /// Makes the account an artist; false when it is one already.
    async fn become_artist(&mut self, artist: BecomeArtist) -> Result<bool, StorageError>;
}
