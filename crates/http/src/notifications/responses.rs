//! Response types of `/api/notifications`.

use application::{media_urls::MediaUrls, notifications::NotificationList};
use domain::notifications::{NotificationView, TargetView};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::edge::{
    cursor,
    enums::{NotificationTargetType, NotificationType},
    envelope::Timestamp,
    error::ApiError,
    responses::{PersonRef, StyleRef, media_url},
};

/// A page of notifications, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationPage {
    pub results: Vec<Notification>,
    /// Value of `cursor` for the next page; null on the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
    pub has_more: bool,
    /// Number of all unread notifications, at most 10,000.
    #[schema(example = 2, minimum = 0, maximum = 10_000)]
    pub unread_count: i64,
}

/// A notification.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notification {
    #[schema(example = 9)]
    pub id: i64,
    pub r#type: NotificationType,
    /// The account that caused it; null for the platform and for deleted accounts.
    #[schema(required)]
    pub actor: Option<PersonRef>,
    pub target_type: NotificationTargetType,
    #[schema(example = 31)]
    pub target_id: i64,
    /// Current state of the target; null if it is deleted.
    #[schema(required)]
    pub target: Option<NotificationTarget>,
    /// `{excerpt, generation_id}` for comments.
    #[schema(value_type = Option<Object>, required)]
    pub metadata: Option<Value>,
    #[schema(example = false)]
    pub is_read: bool,
    pub created_at: Timestamp,
}

/// The object that a notification refers to. Its type is in `target_type`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum NotificationTarget {
    User(PersonRef),
    Generation(GenerationTarget),
    Style(StyleTarget),
    Comment(CommentTarget),
}

/// A generation that a notification refers to.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationTarget {
    #[schema(example = 31)]
    pub id: i64,
    pub style: StyleRef,
    /// URL of the image; null until it is completed.
    #[schema(required)]
    pub result_url: Option<String>,
}

/// A style that a notification refers to.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleTarget {
    #[schema(example = 7)]
    pub id: i64,
    #[schema(example = "Blue Harbour")]
    pub name: String,
    /// URL of the thumbnail.
    #[schema(required)]
    pub thumbnail_url: Option<String>,
}

/// A comment that a notification refers to.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentTarget {
    #[schema(example = 5)]
    pub id: i64,
    /// Id of the commented generation.
    #[schema(example = 31)]
    pub generation_id: i64,
    #[schema(example = "The light is wonderful.", min_length = 1, max_length = 1000)]
    pub content: String,
}

/// A notification that was marked as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadNotification {
    #[schema(example = 9)]
    pub id: i64,
    /// Always true.
    #[schema(example = true)]
    pub is_read: bool,
}

/// Result of marking all notifications as read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadNotifications {
    /// Number of notifications that were unread.
    #[schema(example = 2)]
    pub updated_count: u64,
}

impl NotificationPage {
    pub async fn of(inbox: NotificationList, media: &MediaUrls) -> Result<Self, ApiError> {
        let mut results = Vec::with_capacity(inbox.page.rows.len());
        for view in inbox.page.rows {
            results.push(Notification::of(view, media).await?);
        }
        Ok(Self {
            results,
            next_cursor: inbox.page.next.as_ref().map(cursor::encode),
            has_more: inbox.page.next.is_some(),
            unread_count: inbox.unread_count,
        })
    }
}

impl Notification {
    async fn of(view: NotificationView, media: &MediaUrls) -> Result<Self, ApiError> {
        let actor = match view.actor {
            Some(actor) => Some(PersonRef::of(actor, view.actor_image.as_ref(), media).await?),
            None => None,
        };
        let target = match view.target {
            Some(target) => Some(NotificationTarget::of(target, media).await?),
            None => None,
        };
        let notification = view.notification;
        Ok(Self {
            id: notification.id.0,
            r#type: notification.kind.into(),
            actor,
            target_type: notification.target_kind.into(),
            target_id: notification.target_id,
            target,
            metadata: view.metadata,
            is_read: notification.is_read,
            created_at: Timestamp(notification.created_at),
        })
    }
}

impl NotificationTarget {
    async fn of(target: TargetView, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(match target {
            TargetView::User { user, image } => Self::User(PersonRef::of(user, image.as_ref(), media).await?),
            TargetView::Generation { id, style, image } => Self::Generation(GenerationTarget {
                id: id.0,
                style: style.into(),
                result_url: media_url(media, image.as_ref()).await?,
            }),
            TargetView::Style { style, thumbnail } => Self::Style(StyleTarget {
                id: style.id,
                name: style.name,
                thumbnail_url: media_url(media, thumbnail.as_ref()).await?,
            }),
            TargetView::Comment {
                id,
                generation,
                content,
            } => Self::Comment(CommentTarget {
                id,
                generation_id: generation.0,
                content,
            }),
        })
    }
}
