//! Response types of `/api/generations`.

mod schema;
mod view;

use application::media_urls::MediaUrls;
use domain::{
    generations::{Caption, FeedItem, OwnGeneration},
    id::Named,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use view::Generation;

use crate::edge::{
    enums::{AspectRatio, GenerationStatus},
    envelope::Timestamp,
    error::ApiError,
    responses::{PersonRef, StyleRef, media_url},
};

/// The last progress report of the worker.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationProgress {
    #[schema(example = 10, minimum = 0, required)]
    pub current_step: Option<i64>,
    #[schema(example = 50, minimum = 0, required)]
    pub total_steps: Option<i64>,
    #[schema(example = 20.0, minimum = 0, maximum = 100, required)]
    pub progress_percent: Option<f64>,
    /// Estimated remaining seconds.
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
    /// URL of the image; null until it is completed.
    #[schema(required)]
    pub result_url: Option<String>,
    pub status: GenerationStatus,
    /// Whether the image is public.
    pub is_public: bool,
    #[schema(example = 0, minimum = 0)]
    pub like_count: i64,
    #[schema(example = 0, minimum = 0)]
    pub comment_count: i64,
    /// Price in tokens.
    #[schema(example = 30, minimum = 1)]
    pub consumed_tokens: i64,
    pub aspect_ratio: AspectRatio,
    /// Caption of the image.
    #[schema(max_length = 1000, required)]
    pub description: Option<String>,
    /// Null if no worker has reported progress in this state.
    #[schema(value_type = Option<GenerationProgress>, required)]
    pub progress: Option<Value>,
    pub created_at: Timestamp,
}

impl OwnGenerationSummary {
    pub async fn of(own: OwnGeneration, media: &MediaUrls) -> Result<Self, ApiError> {
        let request = own.request;
        let image = own.image.as_ref();
        Ok(Self {
            id: request.id.0,
            style: StyleRef {
                id: request.style_id.0,
                name: own.style_name,
            },
            result_url: media_url(media, image.map(|view| &view.image.object)).await?,
            status: request.status.into(),
            is_public: image.is_some_and(|view| view.image.is_public),
            like_count: image.map_or(0, |i| i.like_count),
            comment_count: image.map_or(0, |i| i.comment_count),
            consumed_tokens: request.price.get(),
            aspect_ratio: request.aspect.into(),
            description: request.caption.map(Caption::into_string),
            progress: own.progress,
            created_at: Timestamp(request.created_at),
        })
    }
}

/// A public image.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedImage {
    #[schema(example = 31)]
    pub id: i64,
    /// The owner.
    pub user: PersonRef,
    pub style: StyleRef,
    /// URL of the image.
    pub result_url: String,
    /// Caption of the image.
    #[schema(max_length = 1000, required)]
    pub description: Option<String>,
    #[schema(example = 0, minimum = 0)]
    pub like_count: i64,
    #[schema(example = 0, minimum = 0)]
    pub comment_count: i64,
    /// Whether the current account has liked it.
    pub is_liked: bool,
    /// Tags of the prompt.
    #[schema(example = json!(["lighthouse", "storm"]))]
    pub tags: Vec<String>,
    /// Time when it was first made public.
    pub created_at: Timestamp,
}

impl FeedImage {
    pub async fn of(item: FeedItem, media: &MediaUrls) -> Result<Self, ApiError> {
        let post = item.post;
        let user = Named {
            id: post.user_id.0,
            name: item.username,
        };
        Ok(Self {
            id: post.id.0,
            user: PersonRef::of(user, item.user_image.as_ref(), media).await?,
            style: StyleRef {
                id: post.style_id.0,
                name: item.style_name,
            },
            result_url: media.url(&item.object).await?,
            description: item.caption.map(Caption::into_string),
            like_count: post.like_count,
            comment_count: post.comment_count,
            is_liked: item.is_liked,
            tags: item.prompt.names(),
            created_at: Timestamp(post.created_at),
        })
    }
}
