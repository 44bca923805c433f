//! Refusals about buying tokens.

use application::tokens::{PurchaseError, SettleError};
use serde_json::json;

use crate::error::{ApiError, ErrorCode};

impl From<PurchaseError> for ApiError {
    fn from(error: PurchaseError) -> Self {
        match error {
            PurchaseError::InvalidPackage => Self::new(ErrorCode::InvalidPackage),
            PurchaseError::Unavailable => Self::unavailable(),
            PurchaseError::Refused { code } => {
                Self::new(ErrorCode::PaymentFailed).with_details(json!({ "provider_code": code }))
            }
            PurchaseError::NoAccount => Self::unauthorized(),
            PurchaseError::Storage(error) => error.into(),
        }
    }
}

impl From<SettleError> for ApiError {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::Storage(error) => error.into(),
            SettleError::Provider(_) | SettleError::NoProvider | SettleError::Busy => {
                tracing::warn!(%error, "a payment cannot be read");
                Self::unavailable()
            }
        }
    }
}
