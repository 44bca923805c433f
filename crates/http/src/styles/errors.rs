//! Errors of styles.

use application::styles::{ChangeStyleError, CreateStyleError, RetryError};
use domain::{Fault, style::TrainingStatus};

use crate::edge::{
    error::{ApiError, FieldFaults},
    error_code::ErrorCode,
};

impl From<CreateStyleError> for ApiError {
    fn from(error: CreateStyleError) -> Self {
        match error {
            CreateStyleError::NotAnArtist => ErrorCode::ArtistOnly.into(),
            CreateStyleError::LimitReached { .. } => ErrorCode::StyleLimitReached.into(),
            CreateStyleError::DuplicateName => ErrorCode::DuplicateStyleName.into(),
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
            ChangeStyleError::NotFound => ErrorCode::StyleNotFound.into(),
            ChangeStyleError::NotOwner => ErrorCode::Forbidden.into(),
            ChangeStyleError::NotReady(_) => ErrorCode::StyleNotReady.into(),
            ChangeStyleError::EndsBefore => Self::field("valid_to", Fault::InThePast),
            ChangeStyleError::Storage(error) => error.into(),
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
