//! The response with a generation. Every state is a separate type, because the fields depend on the state.

use application::{generations::CreatedGeneration, media_urls::MediaUrls};
use domain::{
    UserId,
    generations::{Caption, GenerationRequest, GenerationStatus as Status, GenerationView, ImageView},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    edge::{enums::AspectRatio, envelope::Timestamp, error::ApiError, responses::ArtistRef},
    generations::responses::GenerationProgress,
};

/// The style of a generation, with its artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationStyle {
    #[schema(example = 7)]
    pub id: i64,
    #[schema(example = "Blue Harbour")]
    pub name: String,
    pub artist: ArtistRef,
}

/// Whether the tokens of a generation are held, captured or released.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettlementState {
    Held,
    Captured,
    Released,
}

/// State of the tokens of a generation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settlement {
    pub state: SettlementState,
    /// Number of tokens.
    #[schema(example = 30, minimum = 1)]
    pub amount: i64,
    /// Time of the last change of `state`.
    pub at: Timestamp,
}

impl Settlement {
    fn of(view: &GenerationView) -> Self {
        let state = match view.request.status {
            Status::Completed => SettlementState::Captured,
            Status::Failed | Status::Canceled => SettlementState::Released,
            Status::Queued | Status::Processing | Status::Retrying => SettlementState::Held,
        };
        Self {
            state,
            amount: view.request.price.get(),
            at: Timestamp(view.settled_at.unwrap_or(view.request.created_at)),
        }
    }
}

#[derive(Debug, Serialize)]
pub struct Generation {
    #[serde(flatten)]
    common: GenerationCommon,
    #[serde(flatten)]
    state: GenerationState,
}

/// Fields of a generation in every state. Not a component: [`Generation`] adds them to each state.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GenerationCommon {
    #[schema(example = 31)]
    id: i64,
    /// The owner.
    #[schema(example = 12)]
    user_id: i64,
    #[schema(example = 7)]
    style_id: i64,
    // The schema of each state restricts the values.
    #[schema(value_type = String)]
    status: &'static str,
    /// Price in tokens.
    #[schema(example = 30, minimum = 1)]
    consumed_tokens: i64,
    aspect_ratio: AspectRatio,
    created_at: Timestamp,
    /// Only sent to the owner. Absent in the response of `POST /api/generations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Settlement, required = false)]
    settlement: Option<Settlement>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum GenerationState {
    Queued(QueuedGeneration),
    Running(RunningGeneration),
    Completed(Box<CompletedGeneration>),
    Unsuccessful(UnsuccessfulGeneration),
}

/// A generation that waits for a worker.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QueuedGeneration {
    /// Number of generations ahead in the queue, at most 1000.
    #[schema(example = 0, minimum = 0, maximum = 1000)]
    queue_position: i64,
    /// Null until a worker reports progress.
    #[schema(value_type = Option<GenerationProgress>, required)]
    progress: Option<Value>,
}

/// A generation that a worker processes, or that is retried after a failure.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RunningGeneration {
    /// Null until a worker reports progress.
    #[schema(value_type = Option<GenerationProgress>, required)]
    progress: Option<Value>,
}

/// A completed generation with its image.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CompletedGeneration {
    updated_at: Timestamp,
    style: GenerationStyle,
    /// URL of the image.
    result_url: String,
    /// Caption of the image.
    #[schema(max_length = 1000, required)]
    description: Option<String>,
    #[schema(example = 42, minimum = 0, maximum = 2_147_483_647)]
    seed: i64,
    /// Whether the image is public.
    is_public: bool,
    #[schema(example = 0, minimum = 0)]
    like_count: i64,
    #[schema(example = 0, minimum = 0)]
    comment_count: i64,
    /// Whether the current account has liked the image.
    is_liked: bool,
    /// Tags of the prompt.
    #[schema(example = json!(["lighthouse", "storm"]))]
    tags: Vec<String>,
}

/// A failed or canceled generation. Its tokens are released.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnsuccessfulGeneration {
    /// Null if it was canceled.
    #[schema(example = "GPU_OOM", required)]
    error_code: Option<String>,
    /// Error message for users. Null if it was canceled.
    #[schema(required)]
    error_message: Option<String>,
    /// Always true.
    #[schema(example = true)]
    refunded: bool,
}

impl Generation {
    /// The settlement is only included for the owner.
    pub async fn of(
        view: GenerationView,
        viewer: Option<UserId>,
        media: &MediaUrls,
    ) -> Result<Self, ApiError> {
        let settlement = (viewer == Some(view.request.user_id)).then(|| Settlement::of(&view));
        let state = match (view.request.status, &view.image) {
            (Status::Queued, _) => GenerationState::Queued(QueuedGeneration {
                queue_position: view.queue_position.unwrap_or_default(),
                progress: None,
            }),
            (Status::Failed | Status::Canceled, _) => {
                let (error_code, error_message) = view.error.clone().unzip();
                GenerationState::Unsuccessful(UnsuccessfulGeneration {
                    error_code,
                    error_message,
                    refunded: true,
                })
            }
            (Status::Completed, Some(image)) => {
                GenerationState::Completed(Box::new(CompletedGeneration::of(&view, image, media).await?))
            }
            _ => GenerationState::Running(RunningGeneration {
                progress: view.progress.clone(),
            }),
        };
        Ok(Self {
            common: GenerationCommon::of(&view.request, settlement),
            state,
        })
    }
}

impl From<CreatedGeneration> for Generation {
    fn from(created: CreatedGeneration) -> Self {
        Self {
            common: GenerationCommon::of(&created.request, None),
            state: GenerationState::Queued(QueuedGeneration {
                queue_position: created.queue_position,
                progress: None,
            }),
        }
    }
}

impl GenerationCommon {
    fn of(request: &GenerationRequest, settlement: Option<Settlement>) -> Self {
        Self {
            id: request.id.0,
            user_id: request.user_id.0,
            style_id: request.style_id.0,
            status: request.status.as_str(),
            consumed_tokens: request.price.get(),
            aspect_ratio: request.aspect.into(),
            created_at: Timestamp(request.created_at),
            settlement,
        }
    }
}

impl CompletedGeneration {
    async fn of(view: &GenerationView, image: &ImageView, media: &MediaUrls) -> Result<Self, ApiError> {
        let request = &view.request;
        Ok(Self {
            updated_at: Timestamp(view.updated_at),
            style: GenerationStyle {
                id: request.style_id.0,
                name: view.style_name.clone(),
                artist: ArtistRef {
                    id: request.artist_id.0,
                    artist_name: view.artist_name.clone(),
                },
            },
            result_url: media.url(&image.image.object).await?,
            description: request.caption.clone().map(Caption::into_string),
            seed: request.seed.get(),
            is_public: image.image.is_public,
            like_count: image.like_count,
            comment_count: image.comment_count,
            is_liked: image.is_liked,
            tags: request.prompt.names(),
        })
    }
}
