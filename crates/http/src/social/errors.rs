//! Maps errors of likes and comments to error codes.

use application::social::CommunityError;

use crate::edge::{error::ApiError, error_code::ErrorCode};

impl From<CommunityError> for ApiError {
    fn from(error: CommunityError) -> Self {
        match error {
            CommunityError::NoImage => ErrorCode::GenerationNotFound.into(),
            CommunityError::NotCompleted => ErrorCode::GenerationStillProcessing.into(),
            CommunityError::AlreadyLiked => ErrorCode::DuplicateLike.into(),
            CommunityError::NoComment => ErrorCode::CommentNotFound.into(),
            CommunityError::TooDeep => ErrorCode::ReplyDepthExceeded.into(),
            CommunityError::NotAuthor => ErrorCode::Forbidden.into(),
            CommunityError::Storage(error) => error.into(),
        }
    }
}
