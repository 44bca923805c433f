//! Maps errors of styles to error codes.

use application::styles::{CreateStyleError, RetryError, UpdateStyleError};
use domain::{FieldError, styles::TrainingStatus};

use crate::edge::{
    error::{ApiError, FieldErrors},
    error_code::ErrorCode,
};

impl From<CreateStyleError> for ApiError {
    fn from(error: CreateStyleError) -> Self {
        match error {
            CreateStyleError::NotAnArtist => ErrorCode::ArtistOnly.into(),
            CreateStyleError::LimitReached { .. } => ErrorCode::StyleLimitReached.into(),
            CreateStyleError::DuplicateName => ErrorCode::DuplicateStyleName.into(),
            CreateStyleError::InvalidImages(bad) => {
                let mut errors = FieldErrors::new();
                for (index, error) in bad {
                    errors.add(format!("images[{index}]"), error);
                }
                Self::validation(errors)
            }
            CreateStyleError::Objects(error) => error.into(),
            CreateStyleError::Storage(error) => error.into(),
        }
    }
}

impl From<UpdateStyleError> for ApiError {
    fn from(error: UpdateStyleError) -> Self {
        match error {
            UpdateStyleError::NotFound => ErrorCode::StyleNotFound.into(),
            UpdateStyleError::NotOwner => ErrorCode::Forbidden.into(),
            UpdateStyleError::NotReady(_) => ErrorCode::StyleNotReady.into(),
            UpdateStyleError::InvalidValidTo => Self::field("valid_to", FieldError::InThePast),
            UpdateStyleError::Storage(error) => error.into(),
        }
    }
}

impl From<RetryError> for ApiError {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::NotFound => ErrorCode::StyleNotFound.into(),
            RetryError::NotOwner => ErrorCode::Forbidden.into(),
            RetryError::NotFailed(TrainingStatus::Pending | TrainingStatus::Training) => {
                ErrorCode::TrainingInProgress.into()
            }
            RetryError::NotFailed(_) => ErrorCode::Conflict.into(),
            RetryError::LimitReached { .. } => ErrorCode::StyleLimitReached.into(),
            RetryError::Storage(error) => error.into(),
        }
    }
}
