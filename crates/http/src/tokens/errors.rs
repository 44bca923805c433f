//! Maps errors of purchases to error codes.

use application::tokens::{PurchaseError, SettleError};
use serde_json::json;

use crate::edge::{error::ApiError, error_code::ErrorCode};

impl From<PurchaseError> for ApiError {
    fn from(error: PurchaseError) -> Self {
        match error {
            PurchaseError::InvalidPackage => ErrorCode::InvalidPackage.into(),
            PurchaseError::Unavailable => Self::unavailable(),
            PurchaseError::Refused { code } => {
                Self::new(ErrorCode::PaymentFailed).with_details(json!({ "provider_code": code }))
            }
            PurchaseError::NoAccount => ErrorCode::Unauthorized.into(),
            PurchaseError::Storage(error) => error.into(),
        }
    }
}

impl From<SettleError> for ApiError {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::Storage(error) => error.into(),
            SettleError::Provider(_) | SettleError::NoProvider | SettleError::Busy => {
                tracing::warn!(%error, "a payment could not be read from the provider");
                Self::unavailable()
            }
        }
    }
}
