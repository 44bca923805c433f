//! Notifications as they are shown.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Named;
use crate::{
    GenerationId, NotificationId, ObjectAddress, UserId,
    notification::{NotificationKind, TargetKind},
    page::{Page, PageRequest},
    ports::StorageError,
};

/// What a notification is about, as far as it still exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetView {
    /// A person.
    User {
        /// Id and username.
        user: Named,
        /// Picture.
        image: Option<ObjectAddress>,
    },
    /// A style.
    Style {
        /// Id and name.
        style: Named,
        /// Thumbnail.
        thumbnail: Option<ObjectAddress>,
    },
    /// A request or its image.
    Generation {
        /// Id.
        id: GenerationId,
        /// Its style.
        style: Named,
        /// The image, once there.
        image: Option<ObjectAddress>,
    },
    /// A comment.
    Comment {
        /// Id.
        id: i64,
        /// The image it stands below.
        generation: GenerationId,
        /// What it says now.
        content: String,
    },
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationView {
    /// Key.
    pub id: NotificationId,
    /// Why.
    pub kind: NotificationKind,
    /// Whose act it was; none for a job of the platform.
    pub actor: Option<Named>,
    /// The actor's picture.
    pub actor_image: Option<ObjectAddress>,
    /// What kind of thing it is about.
    pub target_kind: TargetKind,
    /// Its id.
    pub target_id: i64,
    /// The thing; none once it is gone.
    pub target: Option<TargetView>,
    /// More about it.
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
