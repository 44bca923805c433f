//! Generations.

mod view;

use application::media_urls::MediaUrls;
use domain::generations::{FeedItem, OwnGeneration};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use view::Generation;

use crate::edge::{
    enums::{AspectRatio, GenerationStatus},
    envelope::Timestamp,
    error::ApiError,
    responses::{PersonRef, StyleRef, address},
};

/// Progress of a generation as the worker reported it last.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationProgress {
    #[schema(example = 10, minimum = 0, required)]
    pub current_step: Option<i64>,
    #[schema(example = 50, minimum = 0, required)]
    pub total_steps: Option<i64>,
    #[schema(example = 20.0, minimum = 0, maximum = 100, required)]
    pub progress_percent: Option<f64>,
    /// Seconds left.
    #[schema(example = 8, minimum = 0, required)]
    pub estimated_seconds: Option<i64>,
    /// Time of the report.
    pub last_updated: Timestamp,
}

/// A generation in the list of the current account.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnGenerationSummary {
    #[schema(example = 31)]
    pub id: i64,
    pub style: StyleRef,
    /// URL of the image; null until it is made.
    #[schema(required)]
    pub result_url: Option<String>,
    pub status: GenerationStatus,
    /// Whether everybody can see the image.
    pub is_public: bool,
    #[schema(example = 0, minimum = 0)]
    pub like_count: i64,
    #[schema(example = 0, minimum = 0)]
    pub comment_count: i64,
    /// Price.
    #[schema(example = 30, minimum = 1)]
    pub consumed_tokens: i64,
    pub aspect_ratio: AspectRatio,
    /// Caption.
    #[schema(max_length = 1000, required)]
    pub description: Option<String>,
    /// Null unless a worker has reported progress in this state.
    #[schema(value_type = Option<GenerationProgress>, required)]
    pub progress: Option<Value>,
    pub created_at: Timestamp,
}

impl OwnGenerationSummary {
    pub async fn of(own: OwnGeneration, media: &MediaUrls) -> Result<Self, ApiError> {
        let image = own.image.as_ref();
        Ok(Self {
            id: own.id.0,
            result_url: address(media, image.map(|i| &i.object)).await?,
            status: own.status.into(),
            is_public: image.is_some_and(|i| i.is_public),
            like_count: image.map_or(0, |i| i.like_count),
            comment_count: image.map_or(0, |i| i.comment_count),
            consumed_tokens: own.price.get(),
            aspect_ratio: own.aspect.into(),
            description: own.caption,
            progress: own.progress,
            created_at: Timestamp(own.created_at),
            style: own.style.into(),
        })
    }
}

/// A public image.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedImage {
    #[schema(example = 31)]
    pub id: i64,
    /// Who made it.
    pub user: PersonRef,
    pub style: StyleRef,
    /// URL of the image.
    pub result_url: String,
    /// Caption.
    #[schema(max_length = 1000, required)]
    pub description: Option<String>,
    #[schema(example = 0, minimum = 0)]
    pub like_count: i64,
    #[schema(example = 0, minimum = 0)]
    pub comment_count: i64,
    /// Whether the current account likes it.
    pub is_liked: bool,
    /// Prompt.
    #[schema(example = json!(["lighthouse", "storm"]))]
    pub tags: Vec<String>,
    /// When it was first made public.
    pub created_at: Timestamp,
}

impl FeedImage {
    pub async fn of(item: FeedItem, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            id: item.id.0,
            user: PersonRef::of(item.user, item.user_image.as_ref(), media).await?,
            style: item.style.into(),
            result_url: media.address(&item.image.object).await?,
            description: item.caption,
            like_count: item.image.like_count,
            comment_count: item.image.comment_count,
            is_liked: item.image.is_liked,
            tags: item.tags,
            created_at: Timestamp(item.created_at),
        })
    }
}
