//! Generations.

mod view;

use application::{generations::CreatedGeneration, media_urls::MediaUrls};
use domain::generations::{FeedItem, GenerationStatus, OwnGeneration};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use view::GenerationDto;

use super::{NamedDto, PersonDto, address};
use crate::{envelope::Timestamp, error::ApiError};

/// Body of a request for an image.
#[derive(Debug, ToSchema)]
#[schema(as = NewGeneration)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct NewGenerationBody {
    /// The style.
    #[schema(example = 7)]
    pub style_id: i64,
    /// What the image shall show: 1 to 30 English tags.
    #[schema(example = json!(["lighthouse", "storm"]))]
    pub prompt_tags: Vec<String>,
    /// Caption, at most 1000 characters.
    pub description: Option<String>,
    /// `1:1` (512×512), `2:2` (1024×1024) or `1:2` (512×1024).
    #[schema(example = "1:1")]
    pub aspect_ratio: String,
    /// 0 to 2147483647; drawn when absent.
    #[schema(example = 42)]
    pub seed: Option<i64>,
}

/// Body of a change to an image.
#[derive(Debug, ToSchema)]
#[schema(as = GenerationChange)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct GenerationChangeBody {
    /// Show it to everybody, or to nobody else.
    #[schema(example = true)]
    pub is_public: Option<bool>,
    /// New caption, at most 1000 characters; null removes it.
    pub description: Option<String>,
}

/// A request that was just accepted: its tokens are held.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedGenerationDto {
    /// Id.
    #[schema(example = 31)]
    pub id: i64,
    /// Its owner.
    #[schema(example = 12)]
    pub user_id: i64,
    /// Its style.
    #[schema(example = 7)]
    pub style_id: i64,
    /// `queued`.
    #[schema(example = "queued")]
    pub status: &'static str,
    /// Tokens held.
    #[schema(example = 30)]
    pub consumed_tokens: i64,
    /// Shape.
    #[schema(example = "1:1")]
    pub aspect_ratio: &'static str,
    /// When.
    pub created_at: Timestamp,
    /// Null until a worker reports.
    #[schema(value_type = Option<GenerationProgressDto>)]
    pub progress: Option<Value>,
    /// Requests ahead, counted to 1000.
    #[schema(example = 0)]
    pub queue_position: i64,
}

impl From<CreatedGeneration> for CreatedGenerationDto {
    fn from(created: CreatedGeneration) -> Self {
        Self {
            id: created.id.0,
            user_id: created.user.0,
            style_id: created.style.0,
            status: GenerationStatus::Queued.as_str(),
            consumed_tokens: created.price.get(),
            aspect_ratio: created.aspect.as_str(),
            created_at: Timestamp(created.created_at),
            progress: None,
            queue_position: created.queue_position,
        }
    }
}

/// How far an image is.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationProgressDto {
    /// Step now.
    #[schema(example = 10)]
    pub current_step: Option<i64>,
    /// Steps in all.
    #[schema(example = 50)]
    pub total_steps: Option<i64>,
    /// 0 to 100.
    #[schema(example = 20.0)]
    pub progress_percent: Option<f64>,
    /// Seconds left.
    #[schema(example = 8)]
    pub estimated_seconds: Option<i64>,
    /// When it was reported.
    pub last_updated: String,
}

/// A request in its owner's list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnGenerationDto {
    /// Id.
    #[schema(example = 31)]
    pub id: i64,
    /// Its style.
    pub style: NamedDto,
    /// Address of the image, once there.
    pub result_url: Option<String>,
    /// State.
    #[schema(example = "completed")]
    pub status: &'static str,
    /// Whether anybody may see the image.
    pub is_public: bool,
    /// Likes.
    #[schema(example = 0)]
    pub like_count: i64,
    /// Comments.
    #[schema(example = 0)]
    pub comment_count: i64,
    /// The price.
    #[schema(example = 30)]
    pub consumed_tokens: i64,
    /// Shape.
    #[schema(example = "1:1")]
    pub aspect_ratio: &'static str,
    /// Caption.
    pub description: Option<String>,
    /// Progress as reported last, while a worker is at it.
    #[schema(value_type = Option<GenerationProgressDto>)]
    pub progress: Option<Value>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

impl OwnGenerationDto {
    /// Renders a request.
    pub async fn of(own: OwnGeneration, media: &MediaUrls) -> Result<Self, ApiError> {
        let image = own.image.as_ref();
        Ok(Self {
            id: own.id.0,
            result_url: address(media, image.map(|i| &i.object)).await?,
            status: own.status.as_str(),
            is_public: image.is_some_and(|i| i.is_public),
            like_count: image.map_or(0, |i| i.like_count),
            comment_count: image.map_or(0, |i| i.comment_count),
            consumed_tokens: own.price.get(),
            aspect_ratio: own.aspect.as_str(),
            description: own.caption,
            progress: own.progress,
            created_at: Timestamp(own.created_at),
            style: own.style.into(),
        })
    }
}

/// A public image in the feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedItemDto {
    /// Id.
    #[schema(example = 31)]
    pub id: i64,
    /// Who made it.
    pub user: PersonDto,
    /// Its style.
    pub style: NamedDto,
    /// Address of the image.
    pub result_url: String,
    /// Caption.
    pub description: Option<String>,
    /// Likes.
    #[schema(example = 0)]
    pub like_count: i64,
    /// Comments.
    #[schema(example = 0)]
    pub comment_count: i64,
    /// Whether the reader likes it.
    pub is_liked: bool,
    /// Prompt.
    #[schema(example = json!(["lighthouse", "storm"]))]
    pub tags: Vec<String>,
    /// When it was first made public.
    pub created_at: Timestamp,
}

impl FeedItemDto {
    /// Renders an image.
    pub async fn of(item: FeedItem, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            id: item.id.0,
            user: PersonDto::of(item.user, item.user_image.as_ref(), media).await?,
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
