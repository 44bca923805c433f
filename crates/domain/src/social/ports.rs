//! Ports of likes and comments. Each write is atomic and includes its counters and notifications.
//!
//! Other users can access an image only while it is public; the owner always, once it is completed.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    CommentId, GenerationId, ObjectAddress, StorageError, UserId,
    id::Named,
    page::{Page, PageRequest},
    social::{Comment, CommentText, PostLike},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LikeOutcome {
    Added {
        like_count: i64,
    },
    Already,
    /// There is no such image, or the user cannot see it.
    NoImage,
}

/// A comment on an image, or a reply to a comment.
#[derive(Debug, Clone)]
pub struct NewComment {
    pub image: GenerationId,
    pub user: UserId,
    pub parent: Option<CommentId>,
    pub content: CommentText,
    pub now: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentOutcome {
    Added(CommentId),
    /// There is no such image, or the user cannot see it.
    NoImage,
    /// There is no such parent comment on this image.
    NoParent,
    /// The parent comment is a reply.
    TooDeep,
}

/// What decides whether a user may edit or delete a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommentAccess {
    pub author: UserId,
    /// Whether the viewer can see the comment's image.
    pub visible: bool,
}

/// Writes likes and comments.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Community: Send + Sync {
    /// Likes an image. The owner is notified once, also when the like is removed and repeated.
    async fn like(&self, like: PostLike) -> Result<LikeOutcome, StorageError>;

    /// Removes a like. A missing like counts as removed. False when there is no such image, or the user cannot see it.
    async fn unlike(&self, image: GenerationId, user: UserId) -> Result<bool, StorageError>;

    /// Adds a comment. A reply notifies the author of its parent, other comments notify the image's owner. Users are
    /// not notified of their own comments.
    async fn comment(&self, comment: NewComment) -> Result<CommentOutcome, StorageError>;

    /// Creates a hidden post for an image without one, so that the owner can like and comment a private image. No
    /// effect when `owner` has no such image.
    async fn prepare_post(
        &self,
        image: GenerationId,
        owner: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;

    /// `None` when there is no such comment.
    async fn comment_access(
        &self,
        comment: CommentId,
        viewer: UserId,
    ) -> Result<Option<CommentAccess>, StorageError>;

    /// Updates a comment of `author`. False when there is none.
    async fn edit(
        &self,
        comment: CommentId,
        author: UserId,
        content: CommentText,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError>;

    /// Deletes a comment with its replies. False when there is none.
    async fn remove(&self, comment: CommentId) -> Result<bool, StorageError>;
}

/// Replies included with a comment. The others are read with [`CommunityQueries::comments`] and `parent`.
pub const REPLY_PREVIEW: i64 = 20;

/// A comment with its user and first replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentView {
    pub comment: Comment,
    pub user: Named,
    pub user_image: Option<ObjectAddress>,
    /// The first replies, oldest first.
    pub replies: Vec<CommentView>,
    pub reply_count: i64,
}

/// Reads comments.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CommunityQueries: Send + Sync {
    /// Whether `viewer` can see the image, because it is public or their own.
    async fn can_view_image(&self, image: GenerationId, viewer: Option<UserId>)
    -> Result<bool, StorageError>;

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
