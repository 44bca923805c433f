//! Ports of notifications.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    GenerationId, NotificationId, ObjectAddress, StorageError, UserId,
    id::Named,
    notifications::Notification,
    page::{Page, PageRequest},
};

/// The target of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetView {
    User {
        user: Named,
        image: Option<ObjectAddress>,
    },
    Style {
        style: Named,
        thumbnail: Option<ObjectAddress>,
    },
    Generation {
        id: GenerationId,
        style: Named,
        /// `None` until the generation is completed.
        image: Option<ObjectAddress>,
    },
    Comment {
        id: i64,
        generation: GenerationId,
        content: String,
    },
}

/// A notification with its actor and target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationView {
    pub notification: Notification,
    /// `None` for the platform or a deleted account.
    pub actor: Option<Named>,
    pub actor_image: Option<ObjectAddress>,
    /// `None` when the target was deleted.
    pub target: Option<TargetView>,
    pub metadata: Option<Value>,
}

/// Unread notifications are counted up to this number.
pub const UNREAD_COUNT_LIMIT: i64 = 10_000;

/// Reads notifications.
#[async_trait]
pub trait NotificationQueries: Send + Sync {
    /// A page of the user's notifications, newest first.
    async fn notifications(
        &self,
        user: UserId,
        unread_only: bool,
        page: PageRequest,
    ) -> Result<Page<NotificationView>, StorageError>;

    /// Number of unread notifications, up to [`UNREAD_COUNT_LIMIT`].
    async fn unread_count(&self, user: UserId) -> Result<i64, StorageError>;
}

/// Marks notifications as read.
#[async_trait]
pub trait Notifications: Send + Sync {
    /// Marks a notification of the user. False when there is none. The first read time is kept.
    async fn read(
        &self,
        notification: NotificationId,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError>;

    /// Marks all notifications of the user. Returns how many were unread.
    async fn read_all(&self, user: UserId, now: DateTime<Utc>) -> Result<u64, StorageError>;
}
