//! Maps errors of accounts and follows to error codes.

use application::users::{FollowError, ProfileError, UpgradeError};

use crate::edge::{error::ApiError, error_code::ErrorCode};

impl From<UpgradeError> for ApiError {
    fn from(error: UpgradeError) -> Self {
        match error {
            UpgradeError::AlreadyArtist => ErrorCode::Conflict.into(),
            UpgradeError::InvalidSignature(error) => Self::field("signature_image", error),
            UpgradeError::Objects(error) => error.into(),
            UpgradeError::Storage(error) => error.into(),
        }
    }
}

impl From<ProfileError> for ApiError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::UsernameTaken => ErrorCode::Conflict.into(),
            ProfileError::NoAccount => ErrorCode::Unauthorized.into(),
            ProfileError::Objects(error) => error.into(),
            ProfileError::Storage(error) => error.into(),
        }
    }
}

impl From<FollowError> for ApiError {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::SelfFollow => ErrorCode::SelfFollowNotAllowed.into(),
            FollowError::Already => ErrorCode::DuplicateFollow.into(),
            FollowError::NoArtist => ErrorCode::NotFound.into(),
            FollowError::Storage(error) => error.into(),
        }
    }
}
