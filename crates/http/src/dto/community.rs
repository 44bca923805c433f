//! Likes and comments.

use application::media_urls::MediaUrls;
use domain::social::CommentView;
use serde::Serialize;
use utoipa::ToSchema;

use super::PersonDto;
use crate::{envelope::Timestamp, error::ApiError};

/// A like.
#[derive(Debug, Serialize, ToSchema)]
pub struct LikeDto {
    /// Always true.
    #[schema(example = true)]
    pub liked: bool,
    /// Likes now.
    #[schema(example = 3)]
    pub like_count: i64,
}

/// Body of a new comment.
#[derive(Debug, ToSchema)]
#[schema(as = NewComment)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct NewCommentBody {
    /// 1 to 1000 characters.
    #[schema(example = "The light is wonderful.")]
    pub content: String,
    /// The comment answered; replies have no replies.
    #[schema(example = 5)]
    pub parent_id: Option<i64>,
}

/// Body of a changed comment.
#[derive(Debug, ToSchema)]
#[schema(as = CommentChange)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct CommentChangeBody {
    /// 1 to 1000 characters.
    #[schema(example = "The light is wonderful!")]
    pub content: String,
}

/// A comment, or a reply to one.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentDto {
    /// Id.
    #[schema(example = 5)]
    pub id: i64,
    /// Who wrote it.
    pub user: PersonDto,
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
    pub replies: Vec<CommentDto>,
    /// All replies.
    #[schema(example = 0)]
    pub reply_count: i64,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl CommentDto {
    /// Renders a comment with its replies.
    pub async fn of(mut comment: CommentView, media: &MediaUrls) -> Result<Self, ApiError> {
        let mut replies = Vec::with_capacity(comment.replies.len());
        for reply in std::mem::take(&mut comment.replies) {
            replies.push(Self::single(reply, Vec::new(), media).await?);
        }
        Self::single(comment, replies, media).await
    }

    async fn single(comment: CommentView, replies: Vec<Self>, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            id: comment.id.0,
            user: PersonDto::of(comment.user, comment.user_image.as_ref(), media).await?,
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
