//! Notifications as they are shown.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    GenerationId, NotificationId, ObjectAddress, StorageError, UserId,
    id::Named,
    notifications::{NotificationKind, TargetKind},
    page::{Page, PageRequest},
};

/// What a notification is about, as far as it still exists.
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
        /// The image, once there.
        image: Option<ObjectAddress>,
    },
    Comment {
        id: i64,
        generation: GenerationId,
        content: String,
    },
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationView {
    pub id: NotificationId,
    pub kind: NotificationKind,
    /// Whose act it was; none for a job of the platform.
    pub actor: Option<Named>,
    pub actor_image: Option<ObjectAddress>,
    /// What kind of thing it is about.
    pub target_kind: TargetKind,
    pub target_id: i64,
    /// The thing; none once it is gone.
    pub target: Option<TargetView>,
    pub metadata: Option<Value>,
    /// Whether it was read.
    pub is_read: bool,
    /// When it happened.
    pub created_at: DateTime<Utc>,
}

/// Most unread notifications that are counted.
pub const COUNTED_UNREAD: i64 = 10_000;

/// Reads notifications.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait NotificationQueries: Send + Sync {
    /// A page of a person's notifications, newest first.
    async fn notifications(
        &self,
        user: UserId,
        unread_only: bool,
        page: PageRequest,
    ) -> Result<Page<NotificationView>, StorageError>;

    /// How many are unread, counted to [`COUNTED_UNREAD`].
    async fn unread_count(&self, user: UserId) -> Result<i64, StorageError>;
}

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
