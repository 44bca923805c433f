//! Answers to workers.

use serde::Serialize;
use utoipa::ToSchema;

/// What became of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportResult {
    /// Whether anything changed; false for duplicates, late and out-of-order calls.
    pub applied: bool,
    /// State now.
    #[schema(example = "completed")]
    pub status: &'static str,
}
