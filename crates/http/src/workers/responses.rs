//! Responses to workers.

use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::enums::{GenerationStatus, TrainingStatus};

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
