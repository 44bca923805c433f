//! What somebody does with their notifications. They are written by the statements of the acts they tell of.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::{NotificationId, UserId};

/// Marks notifications as read.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Notifications: Send + Sync {
    /// Marks one of the person's own; false when there is none. One that was read keeps its time.
    async fn read(
        &self,
        notification: NotificationId,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError>;

    /// Marks every one of the person's own. Returns how many were unread.
    async fn read_all(&self, user: UserId, now: DateTime<Utc>) -> Result<u64, StorageError>;
}
