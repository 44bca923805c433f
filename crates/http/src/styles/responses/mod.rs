//! Response types of `/api/styles`.

mod own;

use application::media_urls::MediaUrls;
use domain::styles::{StyleCard, StyleModel, StyleView};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use own::{OwnStyleSummary, RetriedTraining, UploadedStyle};

use crate::edge::{
    enums::{LicenseType, TrainingStatus},
    envelope::Timestamp,
    error::ApiError,
    responses::media_url,
};

/// The artist of a style.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleArtist {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    #[schema(example = "demo_artist")]
    pub username: String,
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
}

/// A style in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleSummary {
    #[schema(example = 7)]
    pub id: i64,
    #[schema(example = "Blue Harbour", min_length = 1, max_length = 100)]
    pub name: String,
    #[schema(example = "Boats in the evening, thick strokes.", max_length = 2000)]
    pub description: String,
    /// URL of the thumbnail, 256×256 pixels.
    #[schema(required)]
    pub thumbnail_url: Option<String>,
    pub artist: StyleArtist,
    pub training_status: TrainingStatus,
    /// Price of an image in tokens.
    #[schema(example = 30, minimum = 1, maximum = 10_000)]
    pub generation_cost_tokens: i64,
    /// Number of images generated in the style. Up to one second old.
    #[schema(example = 3, minimum = 0)]
    pub usage_count: i64,
    #[schema(example = json!(["boat", "sea"]))]
    pub tags: Vec<String>,
    pub created_at: Timestamp,
}

impl StyleSummary {
    pub async fn of(card: StyleCard, media: &MediaUrls) -> Result<Self, ApiError> {
        let style = card.style;
        Ok(Self {
            id: style.id.0,
            name: style.name.into_string(),
            description: style.description.into_string(),
            thumbnail_url: media_url(media, style.thumbnail.as_ref()).await?,
            artist: StyleArtist {
                id: card.artist.id.0,
                username: card.artist.username,
                artist_name: card.artist.artist_name,
            },
            training_status: style.status.into(),
            generation_cost_tokens: style.price.tokens().get(),
            usage_count: style.usage_count,
            tags: card.tags,
            created_at: Timestamp(style.created_at),
        })
    }
}

/// The artist of a style, with details.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleArtistDetail {
    #[serde(flatten)]
    pub artist: StyleArtist,
    /// URL of the profile image.
    #[schema(required)]
    pub profile_image: Option<String>,
    #[schema(example = 0, minimum = 0)]
    pub follower_count: i64,
}

/// Statistics of a style.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleStats {
    #[schema(example = 3, minimum = 0)]
    pub total_generations: i64,
    /// Mean number of likes of the newest 1,000 public images, with two decimals.
    #[schema(example = 1.5, minimum = 0)]
    pub avg_likes: f64,
}

/// A public sample of the training images.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleArtwork {
    /// Id of the training image.
    #[schema(example = 1)]
    pub id: i64,
    /// URL of the thumbnail, a JPEG of 256×256 pixels.
    pub image_url: String,
    /// Tags of the training image.
    pub tags: Vec<String>,
}

/// The last progress report of the worker.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrainingProgress {
    #[schema(example = 40, minimum = 0, required)]
    pub current_epoch: Option<i64>,
    #[schema(example = 200, minimum = 0, required)]
    pub total_epochs: Option<i64>,
    #[schema(example = 20.0, minimum = 0, maximum = 100, required)]
    pub progress_percent: Option<f64>,
    /// Estimated remaining seconds.
    #[schema(example = 600, minimum = 0, required)]
    pub estimated_seconds: Option<i64>,
    /// Time of the report.
    pub last_updated: Timestamp,
}

/// A style.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleDetail {
    #[schema(example = 7)]
    pub id: i64,
    #[schema(example = "Blue Harbour", min_length = 1, max_length = 100)]
    pub name: String,
    #[schema(example = "Boats in the evening, thick strokes.", max_length = 2000)]
    pub description: String,
    /// URL of the thumbnail, 256×256 pixels.
    #[schema(required)]
    pub thumbnail_url: Option<String>,
    pub artist: StyleArtistDetail,
    pub training_status: TrainingStatus,
    /// Price of an image in tokens.
    #[schema(example = 30, minimum = 1, maximum = 10_000)]
    pub generation_cost_tokens: i64,
    /// Number of images generated in the style. Up to one second old.
    #[schema(example = 3, minimum = 0)]
    pub usage_count: i64,
    #[schema(example = json!(["boat", "sea"]))]
    pub tags: Vec<String>,
    pub created_at: Timestamp,
    pub license_type: LicenseType,
    /// Start of the license.
    pub valid_from: Timestamp,
    /// End of the license.
    #[schema(required)]
    pub valid_to: Option<Timestamp>,
    /// False if the artist has withdrawn the style.
    pub is_active: bool,
    pub updated_at: Timestamp,
    pub stats: StyleStats,
    pub sample_artworks: Vec<SampleArtwork>,
    /// Null unless the style is in training.
    #[schema(value_type = Option<TrainingProgress>, required)]
    pub progress: Option<Value>,
    #[serde(flatten)]
    #[schema(value_type = StyleInternals)]
    pub internals: Option<StyleInternals>,
}

/// Fields that are only sent to the artist of the style and to administrators.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleInternals {
    /// Storage URI of the model.
    pub model_path: Option<String>,
    /// Metrics of the training worker.
    #[schema(value_type = Option<Object>)]
    pub training_metric: Option<Value>,
    /// Why the training failed.
    pub error_message: Option<String>,
}

impl StyleDetail {
    /// `is_internal`: whether the response is for the artist of the style or an administrator.
    pub async fn of(view: StyleView, is_internal: bool, media: &MediaUrls) -> Result<Self, ApiError> {
        let scheme = media.buckets.scheme;
        let StyleModel {
            license,
            valid_from,
            valid_to,
            is_active,
            usage_count,
            ref model,
            ..
        } = view.card.style;
        let internals = is_internal.then(|| StyleInternals {
            model_path: model.as_ref().map(|model| model.uri(scheme)),
            training_metric: view.training_metric.clone(),
            error_message: view.error.as_ref().map(|(_, message)| message.clone()),
        });
        let mut sample_artworks = Vec::with_capacity(view.samples.len());
        for sample in view.samples {
            let image_url = media.url(&sample.image).await?;
            sample_artworks.push(SampleArtwork {
                id: sample.id,
                image_url,
                tags: sample.tags,
            });
        }
        let profile_image = media_url(media, view.artist_image.as_ref()).await?;
        let summary = StyleSummary::of(view.card, media).await?;
        Ok(Self {
            id: summary.id,
            name: summary.name,
            description: summary.description,
            thumbnail_url: summary.thumbnail_url,
            artist: StyleArtistDetail {
                artist: summary.artist,
                profile_image,
                follower_count: view.follower_count,
            },
            training_status: summary.training_status,
            generation_cost_tokens: summary.generation_cost_tokens,
            usage_count: summary.usage_count,
            tags: summary.tags,
            created_at: summary.created_at,
            license_type: license.into(),
            valid_from: Timestamp(valid_from),
            valid_to: valid_to.map(Timestamp),
            is_active,
            updated_at: Timestamp(view.updated_at),
            stats: StyleStats {
                total_generations: usage_count,
                avg_likes: view.avg_likes,
            },
            sample_artworks,
            progress: view.progress,
            internals,
        })
    }
}
