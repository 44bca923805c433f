//! Response types of likes and comments.

use application::media_urls::MediaUrls;
use domain::social::CommentView;
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{envelope::Timestamp, error::ApiError, responses::PersonRef};

/// A like of the current account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Like {
    /// Always true.
    #[schema(example = true)]
    pub liked: bool,
    #[schema(example = 3, minimum = 0)]
    pub like_count: i64,
}

/// A comment on an image, or a reply to a comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comment {
    #[schema(example = 5)]
    pub id: i64,
    /// The author.
    pub user: PersonRef,
    #[schema(example = "The light is wonderful.", min_length = 1, max_length = 1000)]
    pub content: String,
    /// Always 0: comments cannot be liked.
    #[schema(example = 0, minimum = 0)]
    pub like_count: i64,
    /// The comment that this one replies to.
    #[schema(required)]
    pub parent_id: Option<i64>,
    /// The first 20 replies, oldest first; empty for a reply.
    #[schema(no_recursion)]
    pub replies: Vec<Comment>,
    /// Number of all replies.
    #[schema(example = 0, minimum = 0)]
    pub reply_count: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Comment {
    pub async fn of(mut view: CommentView, media: &MediaUrls) -> Result<Self, ApiError> {
        let mut replies = Vec::with_capacity(view.replies.len());
        for reply in std::mem::take(&mut view.replies) {
            replies.push(Self::single(reply, Vec::new(), media).await?);
        }
        Self::single(view, replies, media).await
    }

    async fn single(view: CommentView, replies: Vec<Self>, media: &MediaUrls) -> Result<Self, ApiError> {
        let comment = view.comment;
        Ok(Self {
            id: comment.id.0,
            user: PersonRef::of(view.user, view.user_image.as_ref(), media).await?,
            content: comment.content.into_string(),
            like_count: 0,
            parent_id: comment.parent_id.map(|parent| parent.0),
            replies,
            reply_count: view.reply_count,
            created_at: Timestamp(comment.created_at),
            updated_at: Timestamp(comment.updated_at),
        })
    }
}
