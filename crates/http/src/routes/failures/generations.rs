//! Refusals about generations.

use application::generations::{CancelError, CreateGenerationError, UpdateImageError};

use crate::error::{ApiError, ErrorCode};

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

impl From<UpdateImageError> for ApiError {
    fn from(error: UpdateImageError) -> Self {
        match error {
            UpdateImageError::NotFound => Self::not_found(ErrorCode::GenerationNotFound),
            UpdateImageError::NotOwner => Self::forbidden(),
            UpdateImageError::NotCompleted(_) => Self::new(ErrorCode::GenerationStillProcessing),
            UpdateImageError::Storage(error) => error.into(),
        }
    }
}
