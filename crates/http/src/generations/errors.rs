//! Errors of generations.

use application::generations::{CancelError, CreateGenerationError, DescribeError};

use crate::edge::{error::ApiError, error_code::ErrorCode};

impl From<CreateGenerationError> for ApiError {
    fn from(error: CreateGenerationError) -> Self {
        match error {
            CreateGenerationError::StyleNotFound => ErrorCode::StyleNotFound.into(),
            CreateGenerationError::StyleNotReady => ErrorCode::StyleNotReady.into(),
            CreateGenerationError::InsufficientTokens { required, available } => {
                Self::insufficient_tokens(required.get(), available.get())
            }
            CreateGenerationError::NoAccount => ErrorCode::Unauthorized.into(),
            CreateGenerationError::Storage(error) => error.into(),
        }
    }
}

impl From<CancelError> for ApiError {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::NotFound => ErrorCode::GenerationNotFound.into(),
            CancelError::TooLate(_) => ErrorCode::Conflict.into(),
            CancelError::Storage(error) => error.into(),
        }
    }
}

impl From<DescribeError> for ApiError {
    fn from(error: DescribeError) -> Self {
        match error {
            DescribeError::NotFound => ErrorCode::GenerationNotFound.into(),
            DescribeError::NotOwner => ErrorCode::Forbidden.into(),
            DescribeError::NotCompleted(_) => ErrorCode::GenerationStillProcessing.into(),
            DescribeError::Storage(error) => error.into(),
        }
    }
}
