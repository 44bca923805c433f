//! Ports of account erasure.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{GenerationId, ObjectAddress, StorageError, StyleId, Tokens, UserId};

/// Result of [`Erasures::lock`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountLock {
    Locked(LockedAccount),
    /// There is no such account, or its erasure is no longer pending.
    Gone,
    /// Another erasure holds the lock.
    Busy,
}

/// An account to be erased, locked until the end of the transaction. Concurrent writes that refer to it wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockedAccount {
    pub open_generations: i64,
    /// Whether another user has a generation in one of its styles, or has ever paid for one. A generation that is being
    /// created concurrently is visible only to [`Erasures::lock_artist_and_styles`].
    pub used_by_others: bool,
    /// Spendable tokens.
    pub available: Tokens,
}

/// Artist profile and styles of a locked account, locked too. All empty when the account is not an artist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockedArtistAndStyles {
    /// Whether another user has a generation in one of the styles, or has ever paid for one.
    pub used_by_others: bool,
    /// Earned tokens, including earning deltas.
    pub earned: Tokens,
}

/// Stored objects of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnedObjects {
    pub stored: Vec<ObjectAddress>,
    /// Failed and canceled generations, each with the key at which a worker may still store the image.
    pub unfinished_images: Vec<(GenerationId, String)>,
    /// Styles without a model, for which a worker may still store one.
    pub untrained_styles: Vec<StyleId>,
}

/// Steps of an erasure inside a transaction.
#[async_trait]
pub trait Erasures: Send {
    /// Deactivates an account, deletes its sessions, hides its styles, and marks it for erasure. False when there is no
    /// such account.
    async fn deactivate(&mut self, user: UserId, now: DateTime<Utc>) -> Result<bool, StorageError>;

    /// Locks an account that is to be erased. Does not wait for another erasure.
    async fn lock(&mut self, user: UserId) -> Result<AccountLock, StorageError>;

    /// Also decrements the counters of other users' images.
    async fn delete_likes_and_comments(&mut self, user: UserId) -> Result<(), StorageError>;

    /// Locks the artist profile and styles of a locked account. This blocks the earnings job, so call it late.
    async fn lock_artist_and_styles(&mut self, user: UserId) -> Result<LockedArtistAndStyles, StorageError>;

    /// Deletes the follows of and by a locked account, and updates the counters of the others.
    async fn delete_follows(&mut self, user: UserId) -> Result<(), StorageError>;

    /// Stored objects of a locked account.
    async fn objects(&mut self, user: UserId) -> Result<OwnedObjects, StorageError>;

    /// Moves a locked account's tokens to the platform, with ledger entries.
    async fn return_tokens(
        &mut self,
        user: UserId,
        available: Tokens,
        earned: Tokens,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;

    /// Deletes a locked account with everything it owns.
    async fn delete(&mut self, user: UserId) -> Result<(), StorageError>;

    /// Keeps a locked account, deactivated and hidden permanently, with nothing but its name beside its images and
    /// comments. Returns the removed profile picture.
    async fn anonymize(
        &mut self,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<ObjectAddress>, StorageError>;
}

/// An account whose erasure is not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingErasure {
    pub user: UserId,
    pub requested_at: DateTime<Utc>,
}

/// An open generation of an account to be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenGeneration {
    pub id: GenerationId,
    pub attempt: u16,
}

/// Reads pending erasures.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ErasureQueries: Send + Sync {
    /// Erasures requested before `before`, oldest first, starting after `after`.
    async fn pending(
        &self,
        before: DateTime<Utc>,
        after: Option<PendingErasure>,
        limit: i64,
    ) -> Result<Vec<PendingErasure>, StorageError>;

    async fn open_generations(&self, user: UserId, limit: i64) -> Result<Vec<OpenGeneration>, StorageError>;
}
