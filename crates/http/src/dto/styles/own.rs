//! Styles as their artist handles them: the upload, its answer, the own list.

use application::styles::CreatedStyle;
use domain::styles::OwnStyle;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::TrainingProgressDto;
use crate::envelope::Timestamp;

/// A style in its artist's own list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnStyleDto {
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
    #[schema(value_type = Option<TrainingProgressDto>)]
    pub progress: Option<Value>,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

impl From<OwnStyle> for OwnStyleDto {
    fn from(style: OwnStyle) -> Self {
        Self {
            id: style.id.0,
            name: style.name,
            training_status: style.status.as_str(),
            generation_cost_tokens: style.price.get(),
            usage_count: style.usage_count,
            total_earned_tokens: style.earned.get(),
            progress: style.progress,
            created_at: Timestamp(style.created_at),
        }
    }
}

/// A style that was stored and waits for its training.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedStyleDto {
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
    #[schema(value_type = Option<TrainingProgressDto>)]
    pub progress: Option<Value>,
}

impl From<CreatedStyle> for CreatedStyleDto {
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
pub struct RetriedDto {
    /// The style.
    #[schema(example = 7)]
    pub id: i64,
    /// `pending`.
    #[schema(example = "pending")]
    pub training_status: &'static str,
}

/// Body of an upload, `multipart/form-data`.
#[derive(Debug, ToSchema)]
#[schema(as = NewStyle)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct NewStyleForm {
    /// 1 to 100 characters; unique among the artist's styles.
    #[schema(example = "Blue Harbour")]
    pub name: String,
    /// 1 to 2000 characters.
    #[schema(example = "Boats in the evening, thick strokes.")]
    pub description: String,
    /// Price of one image: 1 to 10000 tokens.
    #[schema(example = 30)]
    pub generation_cost_tokens: i64,
    /// `personal` (default), `commercial` or `exclusive`.
    #[schema(example = "personal")]
    pub license_type: Option<String>,
    /// Tags: the field repeated, or one JSON array.
    #[schema(example = json!(["sea", "boat"]))]
    pub tags: Option<Vec<String>>,
    /// 10 to 100 files, PNG or JPEG by content, at least 512×512, at most 10 MB each.
    #[schema(content_media_type = "application/octet-stream", content_encoding = "")]
    pub images: Vec<String>,
    /// JSON: index of the image → its tags.
    #[schema(example = "{\"0\":[\"boat\"]}")]
    pub image_tags: Option<String>,
}
