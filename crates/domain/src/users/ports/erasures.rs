//! Accounts on their way out.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{GenerationId, ObjectAddress, StorageError, StyleId, Tokens, UserId};

/// What became of the attempt to lock an account that is to be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountLock {
    Locked(LockedAccount),
    /// There is no such account, or nobody wants it erased any longer.
    Gone,
    Busy,
}

/// An account to be erased, locked until the end of the transaction: nothing of it changes any more, and what others
/// are about to add to it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockedAccount {
    /// Requests that are not settled.
    pub open_generations: i64,
    /// Whether somebody else has a request in one of its styles, or has ever paid for an image in one. One that is
    /// just being made is seen by [`Erasures::lock_artist_and_styles`] only.
    pub used_by_others: bool,
    /// Spendable tokens.
    pub available: Tokens,
}

/// Artist profile and styles of a locked account, locked like the account itself. All empty for whoever is no artist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockedArtistAndStyles {
    /// Whether somebody else has a request in one of the styles, or has ever paid for an image in one.
    pub used_by_others: bool,
    /// Tokens earned, those not yet folded in included.
    pub earned: Tokens,
}

/// Objects in the store that belong to an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnedObjects {
    pub stored: Vec<ObjectAddress>,
    /// Failed and canceled requests, each with the key at which a worker may still leave its image.
    pub unfinished_images: Vec<(GenerationId, String)>,
    /// Styles without a model, of which a worker may still leave one.
    pub untrained_styles: Vec<StyleId>,
}

/// The steps of an erasure that belong into one transaction.
#[async_trait]
pub trait Erasures: Send {
    /// Deactivates an account, ends its sessions, hides its styles, and notes that it is to be erased. False when
    /// there is no such account.
    async fn deactivate(&mut self, user: UserId, now: DateTime<Utc>) -> Result<bool, StorageError>;

    /// Locks an account that is to be erased. Does not wait for another erasure.
    async fn lock(&mut self, user: UserId) -> Result<AccountLock, StorageError>;

    /// Takes back what a locked account liked and wrote, out of others' counters too.
    async fn delete_likes_and_comments(&mut self, user: UserId) -> Result<(), StorageError>;

    /// Locks the rest of a locked account. No earnings are folded from here on, so this comes late.
    async fn lock_artist_and_styles(&mut self, user: UserId) -> Result<LockedArtistAndStyles, StorageError>;

    /// Ends whom a locked account followed and who followed it, out of others' counters too.
    async fn end_follows(&mut self, user: UserId) -> Result<(), StorageError>;

    /// The objects of an account whose works are locked.
    async fn objects(&mut self, user: UserId) -> Result<OwnedObjects, StorageError>;

    /// Returns a locked account's tokens to the platform, by entries in the ledger.
    async fn return_tokens(
        &mut self,
        user: UserId,
        available: Tokens,
        earned: Tokens,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;

    /// Deletes a locked account with everything it owns.
    async fn delete(&mut self, user: UserId) -> Result<(), StorageError>;

    /// Leaves a locked account, deactivated and hidden for good, with nothing but its name beside what it made and
    /// wrote. Returns the picture that it no longer shows.
    async fn anonymize(
        &mut self,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<ObjectAddress>, StorageError>;
}

/// An account that waits for the end of its erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingErasure {
    pub user: UserId,
    /// Since when.
    pub requested_at: DateTime<Utc>,
}

/// An open request of an account that is to be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenGeneration {
    pub id: GenerationId,
    pub attempt: u16,
}

/// Reads what an erasure has to do.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ErasureQueries: Send + Sync {
    /// Accounts to be erased since before `before`, longest waiting first, from behind `after` on.
    async fn pending(
        &self,
        before: DateTime<Utc>,
        after: Option<PendingErasure>,
        limit: i64,
    ) -> Result<Vec<PendingErasure>, StorageError>;

    /// Open requests of an account.
    async fn open_generations(&self, user: UserId, limit: i64) -> Result<Vec<OpenGeneration>, StorageError>;
}
