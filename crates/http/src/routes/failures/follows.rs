//! Refusals about following.

use application::users::FollowError;

use crate::error::{ApiError, ErrorCode};

impl From<FollowError> for ApiError {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Oneself => Self::new(ErrorCode::SelfFollowNotAllowed),
            FollowError::Already => Self::new(ErrorCode::DuplicateFollow),
            FollowError::NoArtist => Self::not_found(ErrorCode::NotFound),
            FollowError::Storage(error) => error.into(),
        }
    }
}
