//! Likes and comments.

use std::sync::Arc;

use domain::{
    CommentId, GenerationId, StorageError, UserId,
    clock::Clock,
    generations::{GenerationQueries, GenerationStatus},
    page::{Page, PageRequest},
    social::{
        CommentPlace, CommentText, CommentView, Commented, Community, CommunityQueries, Liked, NewComment,
        NewLike,
    },
};
use thiserror::Error;

/// Why an image could not be liked or commented.
#[derive(Debug, Error)]
pub enum CommunityError {
    /// There is no such image for this person.
    #[error("there is no such image")]
    NoImage,
    /// The person's own request has no image yet.
    #[error("the image is not made")]
    NotMade,
    #[error("the image is liked already")]
    AlreadyLiked,
    /// There is no such comment for this person.
    #[error("there is no such comment")]
    NoComment,
    /// Replies have no replies.
    #[error("the comment is a reply")]
    TooDeep,
    /// It is somebody else's.
    #[error("the comment belongs to somebody else")]
    NotAuthor,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What people do with images.
#[derive(Clone)]
pub struct CommunityService {
    pub community: Arc<dyn Community>,
    pub queries: Arc<dyn CommunityQueries>,
    pub generations: Arc<dyn GenerationQueries>,
    pub clock: Arc<dyn Clock>,
}

impl CommunityService {
    /// Likes an image; returns its likes.
    pub async fn like(&self, image: GenerationId, user: UserId) -> Result<i64, CommunityError> {
        let like = NewLike {
            image,
            user,
            now: self.clock.now(),
        };
        let mut liked = self.community.like(like).await?;
        if liked == Liked::NoImage {
            self.prepare_post(image, user).await?;
            liked = self.community.like(like).await?;
        }
        match liked {
            Liked::Added { like_count } => Ok(like_count),
            Liked::Already => Err(CommunityError::AlreadyLiked),
            Liked::NoImage => Err(self.absent(image, user).await?),
        }
    }

    /// Takes a like back; one that was not there counts as taken back.
    pub async fn unlike(&self, image: GenerationId, user: UserId) -> Result<(), CommunityError> {
        if self.community.unlike(image, user).await? || self.queries.sees_image(image, Some(user)).await? {
            Ok(())
        } else {
            Err(self.absent(image, user).await?)
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
        if commented == Commented::NoImage {
            self.prepare_post(image, user).await?;
            commented = self.community.comment(comment).await?;
        }
        match commented {
            Commented::Added(id) => self.shown(id).await,
            Commented::NoParent => Err(CommunityError::NoComment),
            Commented::TooDeep => Err(CommunityError::TooDeep),
            Commented::NoImage => Err(self.absent(image, user).await?),
        }
    }

    /// A page of an image's comments, or of the replies to one of them, newest first.
    pub async fn comments(
        &self,
        image: GenerationId,
        parent: Option<CommentId>,
        viewer: Option<UserId>,
        page: PageRequest,
    ) -> Result<Page<CommentView>, CommunityError> {
        if !self.queries.sees_image(image, viewer).await? {
            return Err(match viewer {
                Some(viewer) => self.absent(image, viewer).await?,
                None => CommunityError::NoImage,
            });
        }
        Ok(self.queries.comments(image, parent, page).await?)
    }

    /// Changes what one's own comment says.
    pub async fn edit(
        &self,
        comment: CommentId,
        user: UserId,
        content: CommentText,
    ) -> Result<CommentView, CommunityError> {
        if self.visible(comment, user).await?.author != user {
            return Err(CommunityError::NotAuthor);
        }
        let now = self.clock.now();
        if !self.community.edit(comment, user, content, now).await? {
            return Err(CommunityError::NoComment);
        }
        self.shown(comment).await
    }

    /// Removes a comment with its replies: one's own, also where the image is no longer shown, or anybody's for who runs
    /// the platform.
    pub async fn remove(
        &self,
        comment: CommentId,
        user: UserId,
        is_admin: bool,
    ) -> Result<(), CommunityError> {
        let place = self.community.place(comment, user).await?;
        let place = place
            .filter(|place| place.visible || is_admin || place.author == user)
            .ok_or(CommunityError::NoComment)?;
        if place.author != user && !is_admin {
            return Err(CommunityError::NotAuthor);
        }
        if self.community.remove(comment).await? {
            Ok(())
        } else {
            Err(CommunityError::NoComment)
        }
    }

    /// Whoever prepared it, the act is worth repeating: the owner may do two things at once.
    async fn prepare_post(&self, image: GenerationId, user: UserId) -> Result<(), StorageError> {
        self.community.prepare_post(image, user, self.clock.now()).await
    }

    async fn visible(&self, comment: CommentId, user: UserId) -> Result<CommentPlace, CommunityError> {
        let place = self.community.place(comment, user).await?;
        place
            .filter(|place| place.visible)
            .ok_or(CommunityError::NoComment)
    }

    async fn shown(&self, comment: CommentId) -> Result<CommentView, CommunityError> {
        let shown = self.queries.comment(comment).await?;
        shown.ok_or(CommunityError::NoComment)
    }

    /// Why there is no image: owners are told that it is not made yet.
    async fn absent(&self, image: GenerationId, user: UserId) -> Result<CommunityError, StorageError> {
        let request = self.generations.view(image, Some(user)).await?;
        Ok(match request {
            Some(request) if request.status != GenerationStatus::Completed => CommunityError::NotMade,
            _ => CommunityError::NoImage,
        })
    }
}
