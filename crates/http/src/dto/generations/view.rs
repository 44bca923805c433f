//! A request on its own page: which fields it has follows from its state.

use application::media_urls::MediaUrls;
use domain::{
    UserId,
    generations::{GenerationStatus, GenerationView, ImageView},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::GenerationProgressDto;
use crate::{envelope::Timestamp, error::ApiError};

/// A style and its artist, beside an image.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationStyleDto {
    /// The style.
    #[schema(example = 7)]
    pub id: i64,
    /// Its name.
    #[schema(example = "Blue Harbour")]
    pub name: String,
    /// Its artist.
    pub artist: GenerationArtistDto,
}

/// An artist, beside an image.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationArtistDto {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    /// Name to work under.
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
}

/// Where a request's tokens are.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettlementDto {
    /// `held`, `captured` or `released`.
    #[schema(example = "captured")]
    pub state: &'static str,
    /// Tokens.
    #[schema(example = 30)]
    pub amount: i64,
    /// Since when.
    pub at: Timestamp,
}

impl SettlementDto {
    fn of(view: &GenerationView) -> Self {
        let state = match view.status {
            GenerationStatus::Completed => "captured",
            GenerationStatus::Failed | GenerationStatus::Canceled => "released",
            GenerationStatus::Queued | GenerationStatus::Processing | GenerationStatus::Retrying => "held",
        };
        Self {
            state,
            amount: view.price.get(),
            at: Timestamp(view.settled_at.unwrap_or(view.created_at)),
        }
    }
}

/// A request. Which of the last fields are there follows from its state.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationDto {
    /// Id.
    #[schema(example = 31)]
    pub id: i64,
    /// Its owner.
    #[schema(example = 12)]
    pub user_id: i64,
    /// Its style.
    #[schema(example = 7)]
    pub style_id: i64,
    /// `queued`, `processing`, `retrying`, `completed`, `failed` or `canceled`.
    #[schema(example = "completed")]
    pub status: &'static str,
    /// The price.
    #[schema(example = 30)]
    pub consumed_tokens: i64,
    /// Shape.
    #[schema(example = "1:1")]
    pub aspect_ratio: &'static str,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Last change of a finished image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// Where the tokens are; to the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement: Option<SettlementDto>,
    /// What its state adds.
    #[serde(flatten)]
    pub state: GenerationStateDto,
}

/// What a request's state adds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum GenerationStateDto {
    /// `queued`
    Queued(QueuedDto),
    /// `processing`, `retrying`
    Running(RunningDto),
    /// `completed`
    Completed(Box<CompletedDto>),
    /// `failed`, `canceled`
    Ended(EndedDto),
}

/// A request that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueuedDto {
    /// Requests ahead, counted to 1000.
    #[schema(example = 0)]
    pub queue_position: i64,
    /// Null until a worker reports.
    #[schema(value_type = Option<GenerationProgressDto>)]
    pub progress: Option<Value>,
}

/// A request that a worker is at.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunningDto {
    /// Progress as reported last.
    #[schema(value_type = Option<GenerationProgressDto>)]
    pub progress: Option<Value>,
}

/// A finished image.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompletedDto {
    /// Its style.
    pub style: GenerationStyleDto,
    /// Address of the image.
    pub result_url: String,
    /// Caption.
    pub description: Option<String>,
    /// Seed.
    #[schema(example = 42)]
    pub seed: i64,
    /// Whether anybody may see it.
    pub is_public: bool,
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
}

/// A request that came to nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedDto {
    /// Why, for machines.
    #[schema(example = "GPU_OOM")]
    pub error_code: Option<String>,
    /// Why, for people.
    pub error_message: Option<String>,
    /// The tokens are back.
    pub refunded: bool,
}

impl GenerationDto {
    /// Renders a request for `viewer`.
    pub async fn of(
        view: GenerationView,
        viewer: Option<UserId>,
        media: &MediaUrls,
    ) -> Result<Self, ApiError> {
        let settlement = (viewer == Some(view.user_id)).then(|| SettlementDto::of(&view));
        let state = match (view.status, &view.image) {
            (GenerationStatus::Queued, _) => GenerationStateDto::Queued(QueuedDto {
                queue_position: view.queue_position.unwrap_or_default(),
                progress: None,
            }),
            (GenerationStatus::Failed | GenerationStatus::Canceled, _) => {
                let (error_code, error_message) = view.error.clone().unzip();
                GenerationStateDto::Ended(EndedDto {
                    error_code,
                    error_message,
                    refunded: true,
                })
            }
            (GenerationStatus::Completed, Some(image)) => {
                GenerationStateDto::Completed(Box::new(CompletedDto::of(&view, image, media).await?))
            }
            _ => GenerationStateDto::Running(RunningDto {
                progress: view.progress.clone(),
            }),
        };
        Ok(Self {
            id: view.id.0,
            user_id: view.user_id.0,
            style_id: view.style.id,
            status: view.status.as_str(),
            consumed_tokens: view.price.get(),
            aspect_ratio: view.aspect.as_str(),
            created_at: Timestamp(view.created_at),
            updated_at: matches!(state, GenerationStateDto::Completed(_))
                .then_some(Timestamp(view.updated_at)),
            settlement,
            state,
        })
    }
}

impl CompletedDto {
    async fn of(view: &GenerationView, image: &ImageView, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            style: GenerationStyleDto {
                id: view.style.id,
                name: view.style.name.clone(),
                artist: GenerationArtistDto {
                    id: view.artist.id.0,
                    artist_name: view.artist.artist_name.clone(),
                },
            },
            result_url: media.address(&image.object).await?,
            description: view.caption.clone(),
            seed: view.seed.get(),
            is_public: image.is_public,
            like_count: image.like_count,
            comment_count: image.comment_count,
            is_liked: image.is_liked,
            tags: view.tags.clone(),
        })
    }
}
