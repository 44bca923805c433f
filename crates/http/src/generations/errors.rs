//! Maps errors of generations to error codes.

use application::generations::{CancelError, CreateGenerationError, UpdateImageError};

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

impl From<UpdateImageError> for ApiError {
    fn from(error: UpdateImageError) -> Self {
        match error {
            UpdateImageError::NotFound => ErrorCode::GenerationNotFound.into(),
            UpdateImageError::NotOwner => ErrorCode::Forbidden.into(),
            UpdateImageError::NotCompleted(_) => ErrorCode::GenerationStillProcessing.into(),
            UpdateImageError::Storage(error) => error.into(),
        }
    }
}
