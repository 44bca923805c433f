//! What people do with public images: each whole or not at all, with exact counters and the notification it causes.
//!
//! Others reach an image only while it is public; its owner always, once it is made.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    CommentId, GenerationId, ObjectAddress, StorageError, UserId,
    id::Named,
    page::{Page, PageRequest},
    social::CommentText,
};

/// Somebody likes an image.
#[derive(Debug, Clone, Copy)]
pub struct NewLike {
    pub image: GenerationId,
    pub user: UserId,
    pub now: DateTime<Utc>,
}

/// What became of a like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liked {
    Added {
        like_count: i64,
    },
    Already,
    /// There is no such image for this person.
    NoImage,
}

/// Somebody comments on an image, or replies to a comment.
#[derive(Debug, Clone)]
pub struct NewComment {
    pub image: GenerationId,
    pub user: UserId,
    pub parent: Option<CommentId>,
    pub content: CommentText,
    pub now: DateTime<Utc>,
}

/// What became of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commented {
    Added(CommentId),
    /// There is no such image for this person.
    NoImage,
    /// The comment to answer is not there, or stands below another image.
    NoParent,
    /// The comment to answer is a reply.
    TooDeep,
}

/// A comment's author, and who sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommentPlace {
    pub author: UserId,
    /// Whether the person asking sees the image it stands below.
    pub visible: bool,
}

/// The statements.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Community: Send + Sync {
    /// Likes an image; its owner is told once, however often it is taken back and repeated.
    async fn like(&self, like: NewLike) -> Result<Liked, StorageError>;

    /// Takes a like back; false when there is no such image for this person. One that was not there counts as taken back.
    async fn unlike(&self, image: GenerationId, user: UserId) -> Result<bool, StorageError>;

    /// Writes a comment. A reply tells the author of the comment it answers, another comment the image's owner; nobody
    /// is told of an own act.
    async fn comment(&self, comment: NewComment) -> Result<Commented, StorageError>;

    /// Gives an image without a post a hidden one, so that its owner can like and comment it while it is private.
    /// Nothing happens when the person has no such image.
    async fn prepare_post(
        &self,
        image: GenerationId,
        owner: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;

    /// Who wrote a comment, and whether `viewer` sees it.
    async fn place(&self, comment: CommentId, viewer: UserId) -> Result<Option<CommentPlace>, StorageError>;

    /// Changes what an author's comment says; false when it is gone.
    async fn edit(
        &self,
        comment: CommentId,
        author: UserId,
        content: CommentText,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError>;

    /// Removes a comment with its replies; false when it is gone.
    async fn remove(&self, comment: CommentId) -> Result<bool, StorageError>;
}

/// Replies shown below a comment; more are counted and read with the comment as `parent`.
pub const SHOWN_REPLIES: i64 = 20;

/// A comment, or a reply to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentView {
    pub id: CommentId,
    pub user: Named,
    pub user_image: Option<ObjectAddress>,
    pub content: String,
    pub parent: Option<CommentId>,
    /// The first replies, oldest first.
    pub replies: Vec<CommentView>,
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
