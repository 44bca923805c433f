//! Response types for the artist of a style.

use application::styles::CreatedStyle;
use domain::styles::OwnStyle;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    edge::{enums::TrainingStatus, envelope::Timestamp},
    styles::responses::TrainingProgress,
};

/// A style in the list of its artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnStyleSummary {
    #[schema(example = 7)]
    pub id: i64,
    #[schema(example = "Blue Harbour")]
    pub name: String,
    pub training_status: TrainingStatus,
    /// Price of an image in tokens.
    #[schema(example = 30, minimum = 1, maximum = 10_000)]
    pub generation_cost_tokens: i64,
    /// Number of images generated in the style.
    #[schema(example = 3, minimum = 0)]
    pub usage_count: i64,
    /// Tokens earned with the style.
    #[schema(example = 90, minimum = 0)]
    pub total_earned_tokens: i64,
    /// Null unless the style is in training.
    #[schema(value_type = Option<TrainingProgress>, required)]
    pub progress: Option<Value>,
    pub created_at: Timestamp,
}

impl From<OwnStyle> for OwnStyleSummary {
    fn from(own: OwnStyle) -> Self {
        let style = own.style;
        Self {
            id: style.id.0,
            name: style.name.into_string(),
            training_status: style.status.into(),
            generation_cost_tokens: style.price.tokens().get(),
            usage_count: style.usage_count,
            total_earned_tokens: own.earned.get(),
            progress: own.progress,
            created_at: Timestamp(style.created_at),
        }
    }
}

/// An uploaded style that waits for its training.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadedStyle {
    #[schema(example = 7)]
    pub id: i64,
    #[schema(example = "Blue Harbour")]
    pub name: String,
    /// Always `pending`.
    pub training_status: TrainingStatus,
    /// Number of training images.
    #[schema(example = 10, minimum = 10, maximum = 100)]
    pub artwork_count: usize,
    pub created_at: Timestamp,
    /// Null until the training starts.
    #[schema(value_type = Option<TrainingProgress>, required)]
    pub progress: Option<Value>,
}

impl From<CreatedStyle> for UploadedStyle {
    fn from(style: CreatedStyle) -> Self {
        Self {
            id: style.id.0,
            name: style.name,
            training_status: domain::styles::TrainingStatus::Pending.into(),
            artwork_count: style.artwork_count,
            created_at: Timestamp(style.created_at),
            progress: None,
        }
    }
}

/// A style whose training is retried.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetriedTraining {
    #[schema(example = 7)]
    pub id: i64,
    /// Always `pending`.
    pub training_status: TrainingStatus,
}
