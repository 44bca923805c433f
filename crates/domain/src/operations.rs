//! Removes what is no longer needed.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::StorageError;

/// An upload that never became a style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleUpload {
    pub id: Uuid,
    /// Every object of it has a key that starts with this, in the private bucket.
    pub prefix: String,
}

/// Removes what is no longer needed. Safe on several servers at once.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// Takes uploads begun before `before` and never finished: from now on they cannot be finished any more, and
    /// they are named again until they are forgotten.
    async fn stale_uploads(
        &self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<StaleUpload>, StorageError>;

    /// Takes an upload from its owner, who can then no longer finish it. False when it arrived: its objects are in use.
    async fn take_upload(&self, id: Uuid) -> Result<bool, StorageError>;

    /// Forgets an upload whose objects are gone.
    async fn forget_upload(&self, id: Uuid) -> Result<(), StorageError>;

    /// Removes failed and canceled requests settled before `before`; ledger rows stay. Returns how many.
    async fn remove_failed_generations(&self, before: DateTime<Utc>, limit: i64)
    -> Result<u64, StorageError>;

    /// Removes notifications read before `before`. Returns how many.
    async fn remove_read_notifications(&self, before: DateTime<Utc>, limit: i64)
    -> Result<u64, StorageError>;

    /// Removes sessions that expired before `before`. Returns how many.
    async fn remove_sessions(&self, before: DateTime<Utc>) -> Result<u64, StorageError>;
}
