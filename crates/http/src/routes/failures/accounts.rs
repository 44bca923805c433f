//! Refusals about accounts.

use application::users::{ProfileError, UpgradeError};

use crate::error::ApiError;

impl From<UpgradeError> for ApiError {
    fn from(error: UpgradeError) -> Self {
        match error {
            UpgradeError::AlreadyArtist => Self::conflict(),
            UpgradeError::BadSignature(fault) => Self::field("signature_image", fault),
            UpgradeError::Objects(error) => error.into(),
            UpgradeError::Storage(error) => error.into(),
        }
    }
}

impl From<ProfileError> for ApiError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::UsernameTaken => Self::conflict(),
            ProfileError::NoAccount => Self::unauthorized(),
            ProfileError::Objects(error) => error.into(),
            ProfileError::Storage(error) => error.into(),
        }
    }
}
