//! Comments as they are shown.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Named;
use crate::{
    CommentId, GenerationId, ObjectAddress, UserId,
    page::{Page, PageRequest},
    ports::StorageError,
};

/// Replies shown below a comment; more are counted and read with the comment as `parent`.
pub const SHOWN_REPLIES: i64 = 20;

/// A comment, or a reply to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentView {
    /// Key.
    pub id: CommentId,
    /// Who wrote it.
    pub user: Named,
    /// The author's picture.
    pub user_image: Option<ObjectAddress>,
    /// What it says.
    pub content: String,
    /// The comment it answers.
    pub parent: Option<CommentId>,
    /// The first replies, oldest first.
    pub replies: Vec<CommentView>,
    /// All replies.
    pub reply_count: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Reads comments.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CommunityQueries: Send + Sync {
    /// Whether `viewer` sees this image, as everybody or as its owner.
    async fn sees_image(&self, image: GenerationId, viewer: Option<UserId>) -> Result<bool, StorageError>;

    /// A page of an image's comments, or of the replies to `parent`, newest first.
    async fn comments(
        &self,
        image: GenerationId,
        parent: Option<CommentId>,
        page: PageRequest,
    ) -> Result<Page<CommentView>, StorageError>;

    /// One comment with its first replies.
    async fn comment(&self, comment: CommentId) -> Result<Option<CommentView>, StorageError>;
}
