//! Response types of worker webhooks.

use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::enums::{GenerationStatus, TrainingStatus};

/// Result of a training report.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrainingReportResult {
    /// Whether the style changed. False for duplicate, late and out-of-order reports.
    pub applied: bool,
    /// State of the style after the report.
    pub status: TrainingStatus,
}

/// Result of an inference report.
#[derive(Debug, Serialize, ToSchema)]
pub struct InferenceReportResult {
    /// Whether the generation changed. False for duplicate, late and out-of-order reports.
    pub applied: bool,
    /// State of the generation after the report.
    pub status: GenerationStatus,
}
