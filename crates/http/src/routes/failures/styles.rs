//! Refusals about styles.

use application::styles::{CreateStyleError, RetryError, UpdateStyleError};
use domain::{FieldError, styles::TrainingStatus};

use crate::error::{ApiError, ErrorCode, FieldErrors};

impl From<CreateStyleError> for ApiError {
    fn from(error: CreateStyleError) -> Self {
        match error {
            CreateStyleError::NotAnArtist => Self::new(ErrorCode::ArtistOnly),
            CreateStyleError::LimitReached { .. } => Self::new(ErrorCode::StyleLimitReached),
            CreateStyleError::DuplicateName => Self::new(ErrorCode::DuplicateStyleName),
            CreateStyleError::BadImages(bad) => {
                let mut faults = FieldErrors::new();
                for (index, fault) in bad {
                    faults.add(format!("images[{index}]"), fault);
                }
                Self::validation(faults)
            }
            CreateStyleError::Objects(error) => error.into(),
            CreateStyleError::Storage(error) => error.into(),
        }
    }
}

impl From<UpdateStyleError> for ApiError {
    fn from(error: UpdateStyleError) -> Self {
        match error {
            UpdateStyleError::NotFound => Self::not_found(ErrorCode::StyleNotFound),
            UpdateStyleError::NotOwner => Self::forbidden(),
            UpdateStyleError::NotReady(_) => Self::new(ErrorCode::StyleNotReady),
            UpdateStyleError::EndsBefore => Self::field("valid_to", FieldError::InThePast),
            UpdateStyleError::Storage(error) => error.into(),
        }
    }
}

impl From<RetryError> for ApiError {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::NotFound => Self::not_found(ErrorCode::StyleNotFound),
            RetryError::NotOwner => Self::forbidden(),
            RetryError::NotFailed(TrainingStatus::Pending | TrainingStatus::Training) => {
                Self::new(ErrorCode::TrainingInProgress)
            }
            RetryError::NotFailed(_) => Self::conflict(),
            RetryError::LimitReached { .. } => Self::new(ErrorCode::StyleLimitReached),
            RetryError::Storage(error) => error.into(),
        }
    }
}
