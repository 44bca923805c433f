//! Refusals about styles.

use application::styles::{ChangeStyleError, CreateStyleError, RetryError};
use domain::{Fault, style::TrainingStatus};

use crate::edge::{
    error::{ApiError, FieldFaults},
    error_code::ErrorCode,
};

impl From<CreateStyleError> for ApiError {
    fn from(error: CreateStyleError) -> Self {
        match error {
            CreateStyleError::NotAnArtist => Self::new(ErrorCode::ArtistOnly),
            CreateStyleError::LimitReached { .. } => Self::new(ErrorCode::StyleLimitReached),
            CreateStyleError::DuplicateName => Self::new(ErrorCode::DuplicateStyleName),
            CreateStyleError::BadImages(bad) => {
                let mut faults = FieldFaults::new();
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

impl From<ChangeStyleError> for ApiError {
    fn from(error: ChangeStyleError) -> Self {
        match error {
            ChangeStyleError::NotFound => Self::not_found(ErrorCode::StyleNotFound),
            ChangeStyleError::NotOwner => Self::forbidden(),
            ChangeStyleError::NotReady(_) => Self::new(ErrorCode::StyleNotReady),
            ChangeStyleError::EndsBefore => Self::field("valid_to", Fault::InThePast),
            ChangeStyleError::Storage(error) => error.into(),
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
