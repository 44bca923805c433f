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

/// Result of [`Accounts::register`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationOutcome {
    /// A new account with wallet and welcome bonus.
    Created(UserId),
    /// The identity has an account, possibly created by a concurrent callback.
    Existing { user: UserId, is_active: bool },
    /// Retry with another username.
    UsernameTaken,
}

#[derive(Debug, Clone)]
pub struct BecomeArtist {
    pub user: UserId,
    pub artist_name: ArtistName,
    pub verified_email: EmailAddress,
    /// Already stored.
    pub signature: ObjectAddress,
    pub now: DateTime<Utc>,
}

/// Accounts, wallets and artist profiles.
#[async_trait]
pub trait Accounts: Send {
    /// Finds the account of an identity, or creates it with profile, wallet and welcome bonus.
    async fn register(&mut self, account: NewAccount) -> Result<RegistrationOutcome, StorageError>;

    /// False when the account is already an artist.
    async fn become_artist(&mut self, artist: BecomeArtist) -> Result<bool, StorageError>;
}
