//! Refusals about likes and comments.

use application::social::CommunityError;

use crate::error::{ApiError, ErrorCode};

impl From<CommunityError> for ApiError {
    fn from(error: CommunityError) -> Self {
        match error {
            CommunityError::NoImage => Self::not_found(ErrorCode::GenerationNotFound),
            CommunityError::NotMade => Self::new(ErrorCode::GenerationStillProcessing),
            CommunityError::AlreadyLiked => Self::new(ErrorCode::DuplicateLike),
            CommunityError::NoComment => Self::not_found(ErrorCode::CommentNotFound),
            CommunityError::TooDeep => Self::new(ErrorCode::ReplyDepthExceeded),
            CommunityError::NotAuthor => Self::forbidden(),
            CommunityError::Storage(error) => error.into(),
        }
    }
}
