//! Deletion of data past its retention period.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::StorageError;

/// Deletes data past its retention period. Several servers may run it at once.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Retention: Send + Sync {
    /// Claims uploads begun before `before` and never finished. A claimed upload can no longer be finished, and is
    /// returned again until [`Self::delete_upload`].
    async fn claim_stale_uploads(&self, before: DateTime<Utc>, limit: i64)
    -> Result<Vec<Uuid>, StorageError>;

    /// Claims an upload, which can then no longer be finished. False when it is finished: its objects are in use.
    async fn claim_upload(&self, id: Uuid) -> Result<bool, StorageError>;

    /// Deletes the row of an upload whose objects are deleted.
    async fn delete_upload(&self, id: Uuid) -> Result<(), StorageError>;

    /// Deletes failed and canceled generations settled before `before`; ledger rows stay. Returns how many.
    async fn delete_failed_generations(&self, before: DateTime<Utc>, limit: i64)
    -> Result<u64, StorageError>;

    /// Deletes notifications read before `before`. Returns how many.
    async fn delete_read_notifications(&self, before: DateTime<Utc>, limit: i64)
    -> Result<u64, StorageError>;

    /// Deletes sessions that expired before `before`. Returns how many.
    async fn delete_expired_sessions(&self, before: DateTime<Utc>) -> Result<u64, StorageError>;
}
