//! Refusals about generations.

use application::generations::{CancelError, CreateGenerationError, DescribeError};

use crate::edge::{error::ApiError, error_code::ErrorCode};

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
