//! Styles as their artist handles them: the upload, its answer, the own list.

use application::styles::CreatedStyle;
use domain::ports::queries::OwnStyle;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{edge::envelope::Timestamp, styles::responses::TrainingProgress};

/// A style in its artist's own list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnStyleSummary {
    /// Id.
    #[schema(example = 7)]
    pub id: i64,
    /// Name.
    #[schema(example = "Blue Harbour")]
    pub name: String,
    /// `pending`, `training`, `completed` or `failed`.
    #[schema(example = "training")]
    pub training_status: &'static str,
    /// Price of one image, tokens.
    #[schema(example = 30)]
    pub generation_cost_tokens: i64,
    /// Images made.
    #[schema(example = 3)]
    pub usage_count: i64,
    /// Tokens earned with it.
    #[schema(example = 90)]
    pub total_earned_tokens: i64,
    /// Progress while training, else null.
    #[schema(value_type = Option<TrainingProgress>)]
    pub progress: Option<Value>,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

impl From<OwnStyle> for OwnStyleSummary {
    fn from(style: OwnStyle) -> Self {
        Self {
            id: style.id.0,
            name: style.name,
            training_status: style.status.as_str(),
            generation_cost_tokens: style.cost.get(),
            usage_count: style.usage_count,
            total_earned_tokens: style.earned.get(),
            progress: style.progress,
            created_at: Timestamp(style.created_at),
        }
    }
}

/// A style that was stored and waits for its training.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadedStyle {
    /// Id.
    #[schema(example = 7)]
    pub id: i64,
    /// Name.
    #[schema(example = "Blue Harbour")]
    pub name: String,
    /// `pending`.
    #[schema(example = "pending")]
    pub training_status: &'static str,
    /// Images stored.
    #[schema(example = 10)]
    pub artwork_count: usize,
    /// When.
    pub created_at: Timestamp,
    /// Null until the training starts.
    #[schema(value_type = Option<TrainingProgress>)]
    pub progress: Option<Value>,
}

impl From<CreatedStyle> for UploadedStyle {
    fn from(style: CreatedStyle) -> Self {
        Self {
            id: style.id.0,
            name: style.name,
            training_status: "pending",
            artwork_count: style.artwork_count,
            created_at: Timestamp(style.created_at),
            progress: None,
        }
    }
}

/// A training that was started anew.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetriedTraining {
    /// The style.
    #[schema(example = 7)]
    pub id: i64,
    /// `pending`.
    #[schema(example = "pending")]
    pub training_status: &'static str,
}
