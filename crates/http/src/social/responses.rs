//! Likes and comments.

use application::media::Media;
use domain::ports::queries::CommentView;
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{envelope::Timestamp, error::ApiError, responses::PersonRef};

/// A like.
#[derive(Debug, Serialize, ToSchema)]
pub struct Like {
    /// Always true.
    #[schema(example = true)]
    pub liked: bool,
    /// Likes now.
    #[schema(example = 3)]
    pub like_count: i64,
}

/// A comment, or a reply to one.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comment {
    /// Id.
    #[schema(example = 5)]
    pub id: i64,
    /// Who wrote it.
    pub user: PersonRef,
    /// What it says.
    #[schema(example = "The light is wonderful.")]
    pub content: String,
    /// Always 0: comments are not liked.
    #[schema(example = 0)]
    pub like_count: i64,
    /// The comment it answers.
    pub parent_id: Option<i64>,
    /// The first 20 replies, oldest first; none on a reply.
    #[schema(no_recursion)]
    pub replies: Vec<Comment>,
    /// All replies.
    #[schema(example = 0)]
    pub reply_count: i64,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Comment {
    /// Renders a comment with its replies.
    pub async fn of(mut comment: CommentView, media: &Media) -> Result<Self, ApiError> {
        let mut replies = Vec::with_capacity(comment.replies.len());
        for reply in std::mem::take(&mut comment.replies) {
            replies.push(Self::single(reply, Vec::new(), media).await?);
        }
        Self::single(comment, replies, media).await
    }

    async fn single(comment: CommentView, replies: Vec<Self>, media: &Media) -> Result<Self, ApiError> {
        Ok(Self {
            id: comment.id.0,
            user: PersonRef::of(comment.user, comment.user_image.as_ref(), media).await?,
            content: comment.content,
            like_count: 0,
            parent_id: comment.parent.map(|parent| parent.0),
            replies,
            reply_count: comment.reply_count,
            created_at: Timestamp(comment.created_at),
            updated_at: Timestamp(comment.updated_at),
        })
    }
}
