//! How use cases' refusals are answered.

use application::{
    accounts::UpgradeError,
    generations::{CancelError, CreateGenerationError, DescribeError},
    styles::{CreateStyleError, RetryError},
};
use domain::{ports::ObjectError, style::TrainingStatus};

use crate::error::{ApiError, ErrorCode, FieldFaults};

impl From<ObjectError> for ApiError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Unavailable(_) => {
                tracing::warn!(%error, "the object store did not serve a request");
                Self::unavailable()
            }
            ObjectError::NotFound | ObjectError::Refused(_) => Self::internal(&error),
        }
    }
}

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

impl From<CreateGenerationError> for ApiError {
    fn from(error: CreateGenerationError) -> Self {
        match error {
            CreateGenerationError::StyleNotFound => Self::not_found(ErrorCode::StyleNotFound),
            CreateGenerationError::StyleNotReady => Self::new(ErrorCode::StyleNotReady),
            CreateGenerationError::InsufficientTokens { required, available } => {
                Self::insufficient_tokens(required.get(), available.get())
            }
            CreateGenerationError::NoAccount => Self::unauthorized(),
            CreateGenerationError::Storage(error) => error.into(),
        }
    }
}

impl From<CancelError> for ApiError {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::NotFound => Self::not_found(ErrorCode::GenerationNotFound),
            CancelError::TooLate(_) => Self::conflict(),
            CancelError::Storage(error) => error.into(),
        }
    }
}

impl From<DescribeError> for ApiError {
    fn from(error: DescribeError) -> Self {
        match error {
            DescribeError::NotFound => Self::not_found(ErrorCode::GenerationNotFound),
            DescribeError::NotOwner => Self::forbidden(),
            DescribeError::NotCompleted(_) => Self::new(ErrorCode::GenerationStillProcessing),
            DescribeError::Storage(error) => error.into(),
        }
    }
}
