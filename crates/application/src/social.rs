//! Likes and comments.

use std::sync::Arc;

use domain::{
    CommentId, GenerationId, StorageError, UserId,
    clock::Clock,
    generations::{GenerationQueries, GenerationStatus},
    page::{Page, PageRequest},
    social::{
        CommentAccess, CommentOutcome, CommentText, CommentView, Community, CommunityQueries, LikeOutcome,
        NewComment, PostLike,
    },
};
use thiserror::Error;

/// Why a like or comment was refused.
#[derive(Debug, Error)]
pub enum CommunityError {
    /// There is no such image, or the user cannot see it.
    #[error("there is no such image")]
    NoImage,
    /// The user's own generation has no image.
    #[error("the generation is not completed")]
    NotCompleted,
    #[error("the image is already liked")]
    AlreadyLiked,
    /// There is no such comment, or the user cannot see it.
    #[error("there is no such comment")]
    NoComment,
    /// Replies have no replies.
    #[error("the comment is a reply")]
    TooDeep,
    #[error("the comment belongs to another user")]
    NotAuthor,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Likes and comments of images.
#[derive(Clone)]
pub struct CommunityService {
    pub community: Arc<dyn Community>,
    pub queries: Arc<dyn CommunityQueries>,
    pub generations: Arc<dyn GenerationQueries>,
    pub clock: Arc<dyn Clock>,
}

impl CommunityService {
    /// Likes an image. Returns its number of likes.
    pub async fn like(&self, image: GenerationId, user: UserId) -> Result<i64, CommunityError> {
        let like = PostLike {
            post_id: image,
            user_id: user,
            created_at: self.clock.now(),
        };
        let mut liked = self.community.like(like).await?;
        if liked == LikeOutcome::NoImage {
            self.prepare_post(image, user).await?;
            liked = self.community.like(like).await?;
        }
        match liked {
            LikeOutcome::Added { like_count } => Ok(like_count),
            LikeOutcome::Already => Err(CommunityError::AlreadyLiked),
            LikeOutcome::NoImage => Err(self.no_image_error(image, user).await?),
        }
    }

    /// Removes a like. A missing like counts as removed.
    pub async fn unlike(&self, image: GenerationId, user: UserId) -> Result<(), CommunityError> {
        if self.community.unlike(image, user).await? || self.queries.can_view_image(image, Some(user)).await?
        {
            Ok(())
        } else {
            Err(self.no_image_error(image, user).await?)
        }
    }

    /// Comments on an image, or replies to a comment.
    pub async fn comment(
        &self,
        image: GenerationId,
        user: UserId,
        parent: Option<CommentId>,
        content: CommentText,
    ) -> Result<CommentView, CommunityError> {
        let comment = NewComment {
            image,
            user,
            parent,
            content,
            now: self.clock.now(),
        };
        let mut commented = self.community.comment(comment.clone()).await?;
        if commented == CommentOutcome::NoImage {
            self.prepare_post(image, user).await?;
            commented = self.community.comment(comment).await?;
        }
        match commented {
            CommentOutcome::Added(id) => self.view(id).await,
            CommentOutcome::NoParent => Err(CommunityError::NoComment),
            CommentOutcome::TooDeep => Err(CommunityError::TooDeep),
            CommentOutcome::NoImage => Err(self.no_image_error(image, user).await?),
        }
    }

    /// A page of an image's comments, or of the replies to `parent`, newest first.
    pub async fn comments(
        &self,
        image: GenerationId,
        parent: Option<CommentId>,
        viewer: Option<UserId>,
        page: PageRequest,
    ) -> Result<Page<CommentView>, CommunityError> {
        if !self.queries.can_view_image(image, viewer).await? {
            return Err(match viewer {
                Some(viewer) => self.no_image_error(image, viewer).await?,
                None => CommunityError::NoImage,
            });
        }
        Ok(self.queries.comments(image, parent, page).await?)
    }

    /// Updates the user's own comment.
    pub async fn edit(
        &self,
        comment: CommentId,
        user: UserId,
        content: CommentText,
    ) -> Result<CommentView, CommunityError> {
        if self.visible_comment(comment, user).await?.author != user {
            return Err(CommunityError::NotAuthor);
        }
        let now = self.clock.now();
        if !self.community.edit(comment, user, content, now).await? {
            return Err(CommunityError::NoComment);
        }
        self.view(comment).await
    }

    /// Deletes a comment with its replies. Authors may delete their own comment, also when the image is no longer
    /// visible. Administrators may delete any comment.
    pub async fn remove(
        &self,
        comment: CommentId,
        user: UserId,
        is_admin: bool,
    ) -> Result<(), CommunityError> {
        let access = self.community.comment_access(comment, user).await?;
        let access = access
            .filter(|access| access.visible || is_admin || access.author == user)
            .ok_or(CommunityError::NoComment)?;
        if access.author != user && !is_admin {
            return Err(CommunityError::NotAuthor);
        }
        if self.community.remove(comment).await? {
            Ok(())
        } else {
            Err(CommunityError::NoComment)
        }
    }

    /// A concurrent call may have created the post first, so callers retry in any case.
    async fn prepare_post(&self, image: GenerationId, user: UserId) -> Result<(), StorageError> {
        self.community.prepare_post(image, user, self.clock.now()).await
    }

    async fn visible_comment(
        &self,
        comment: CommentId,
        user: UserId,
    ) -> Result<CommentAccess, CommunityError> {
        let access = self.community.comment_access(comment, user).await?;
        access
            .filter(|access| access.visible)
            .ok_or(CommunityError::NoComment)
    }

    async fn view(&self, comment: CommentId) -> Result<CommentView, CommunityError> {
        let view = self.queries.comment(comment).await?;
        view.ok_or(CommunityError::NoComment)
    }

    /// The error for a missing image. Only the owner learns that the generation is not completed.
    async fn no_image_error(
        &self,
        image: GenerationId,
        user: UserId,
    ) -> Result<CommunityError, StorageError> {
        let generation = self.generations.view(image, Some(user)).await?;
        Ok(match generation {
            Some(view) if view.request.status != GenerationStatus::Completed => CommunityError::NotCompleted,
            _ => CommunityError::NoImage,
        })
    }
}
