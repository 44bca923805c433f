//! Responses to workers.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{
    enums::{GenerationStatus, TrainingStatus},
    envelope::ok,
    error::ApiError,
    error_code::ErrorCode,
};

/// Result of a training report.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrainingReportResult {
    /// Whether the style changed. False for duplicates and reports that come late or out of order.
    pub applied: bool,
    /// State of the style after the report.
    pub status: TrainingStatus,
}

/// Result of an inference report.
#[derive(Debug, Serialize, ToSchema)]
pub struct InferenceReportResult {
    /// Whether the generation changed. False for duplicates and reports that come late or out of order.
    pub applied: bool,
    /// State of the generation after the report.
    pub status: GenerationStatus,
}

/// The result of a report, or 404 when nothing has its id.
pub fn answer<T: Serialize + ToSchema>(
    report: Option<T>,
    not_found: ErrorCode,
) -> Result<HttpResponse, ApiError> {
    report.map(ok).ok_or_else(|| ApiError::not_found(not_found))
}
