//! Answers to workers.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{envelope::ok, error::ApiError, error_code::ErrorCode};

/// What became of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportResult {
    /// Whether anything changed; false for duplicates, late and out-of-order calls.
    pub applied: bool,
    /// State now.
    #[schema(example = "completed")]
    pub status: &'static str,
}

/// What became of the report, or that nothing has this id.
pub fn answer(report: Option<ReportResult>, not_found: ErrorCode) -> Result<HttpResponse, ApiError> {
    report.map(ok).ok_or_else(|| ApiError::not_found(not_found))
}
