//! Notifications.

use application::{media_urls::MediaUrls, notifications::Inbox};
use domain::notifications::{NotificationView, TargetView};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{NamedDto, PersonDto, address};
use crate::{cursor, envelope::Timestamp, error::ApiError};

/// A page of notifications.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxDto {
    /// The notifications, newest first.
    pub results: Vec<NotificationDto>,
    /// Send it as `cursor` to get the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// Unread ones in all, counted to 10,000.
    #[schema(example = 2)]
    pub unread_count: i64,
}

/// Something a person is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationDto {
    /// Id.
    #[schema(example = 9)]
    pub id: i64,
    /// `follow`, `like`, `comment`, `generation_complete`, `generation_failed`, `style_training_complete` or
    /// `style_training_failed`.
    #[schema(example = "like")]
    pub r#type: &'static str,
    /// Whose act it was; null for a job of the platform and for somebody who left.
    pub actor: Option<PersonDto>,
    /// `user`, `style`, `generation` or `comment`.
    #[schema(example = "generation")]
    pub target_type: &'static str,
    /// Id of the thing it is about.
    #[schema(example = 31)]
    pub target_id: i64,
    /// The thing as it is now; null once it is gone.
    pub target: Option<TargetDto>,
    /// For comments `{excerpt, generation_id}`.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Value>,
    /// Whether it was read.
    #[schema(example = false)]
    pub is_read: bool,
    /// When it happened.
    pub created_at: Timestamp,
}

/// What a notification is about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum TargetDto {
    /// A person.
    User(PersonDto),
    /// A request or its image.
    Generation {
        /// Id.
        id: i64,
        /// Its style.
        style: NamedDto,
        /// Address of the image, once there.
        result_url: Option<String>,
    },
    /// A style.
    Style {
        /// Id.
        id: i64,
        /// Name.
        name: String,
        /// Address of the thumbnail.
        thumbnail_url: Option<String>,
    },
    /// A comment.
    Comment {
        /// Id.
        id: i64,
        /// The image it stands below.
        generation_id: i64,
        /// What it says now.
        content: String,
    },
}

/// A notification that was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadDto {
    /// Id.
    #[schema(example = 9)]
    pub id: i64,
    /// Always true.
    #[schema(example = true)]
    pub is_read: bool,
}

/// Notifications that were read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadAllDto {
    /// How many were unread.
    #[schema(example = 2)]
    pub updated_count: u64,
}

impl InboxDto {
    /// Renders a page.
    pub async fn of(inbox: Inbox, media: &MediaUrls) -> Result<Self, ApiError> {
        let mut results = Vec::with_capacity(inbox.page.rows.len());
        for view in inbox.page.rows {
            results.push(NotificationDto::of(view, media).await?);
        }
        Ok(Self {
            results,
            next_cursor: inbox.page.next.as_ref().map(cursor::encode),
            has_more: inbox.page.next.is_some(),
            unread_count: inbox.unread_count,
        })
    }
}

impl NotificationDto {
    async fn of(view: NotificationView, media: &MediaUrls) -> Result<Self, ApiError> {
        let actor = match view.actor {
            Some(actor) => Some(PersonDto::of(actor, view.actor_image.as_ref(), media).await?),
            None => None,
        };
        let target = match view.target {
            Some(target) => Some(TargetDto::of(target, media).await?),
            None => None,
        };
        Ok(Self {
            id: view.id.0,
            r#type: view.kind.as_str(),
            actor,
            target_type: view.target_kind.as_str(),
            target_id: view.target_id,
            target,
            metadata: view.metadata,
            is_read: view.is_read,
            created_at: Timestamp(view.created_at),
        })
    }
}

impl TargetDto {
    async fn of(target: TargetView, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(match target {
            TargetView::User { user, image } => Self::User(PersonDto::of(user, image.as_ref(), media).await?),
            TargetView::Generation { id, style, image } => Self::Generation {
                id: id.0,
                style: style.into(),
                result_url: address(media, image.as_ref()).await?,
            },
            TargetView::Style { style, thumbnail } => Self::Style {
                id: style.id,
                name: style.name,
                thumbnail_url: address(media, thumbnail.as_ref()).await?,
            },
            TargetView::Comment {
                id,
                generation,
                content,
            } => Self::Comment {
                id,
                generation_id: generation.0,
                content,
            },
        })
    }
}
