//! Styles.

mod own;

use application::media_urls::MediaUrls;
use domain::styles::{StyleCard, StyleView};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use own::{OwnStyleSummary, RetriedTraining, UploadedStyle};

use crate::edge::{
    enums::{LicenseType, TrainingStatus},
    envelope::Timestamp,
    error::ApiError,
    responses::address,
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
    /// Number of images made in the style, at most a second old.
    #[schema(example = 3, minimum = 0)]
    pub usage_count: i64,
    #[schema(example = json!(["boat", "sea"]))]
    pub tags: Vec<String>,
    pub created_at: Timestamp,
}

impl StyleSummary {
    pub async fn of(style: StyleCard, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            id: style.id.0,
            name: style.name,
            description: style.description,
            thumbnail_url: address(media, style.thumbnail.as_ref()).await?,
            artist: StyleArtist {
                id: style.artist.id.0,
                username: style.artist.username,
                artist_name: style.artist.artist_name,
            },
            training_status: style.status.into(),
            generation_cost_tokens: style.price.get(),
            usage_count: style.usage_count,
            tags: style.tags,
            created_at: Timestamp(style.created_at),
        })
    }
}

/// The artist of a style, with more about the person.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleArtistDetail {
    #[serde(flatten)]
    pub artist: StyleArtist,
    /// URL of the picture.
    #[schema(required)]
    pub profile_image: Option<String>,
    #[schema(example = 0, minimum = 0)]
    pub follower_count: i64,
}

/// Counts of a style.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleStats {
    #[schema(example = 3, minimum = 0)]
    pub total_generations: i64,
    /// Mean number of likes of its newest 1,000 public images, two decimals.
    #[schema(example = 1.5, minimum = 0)]
    pub avg_likes: f64,
}

/// A public sample of a style's training images.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleArtwork {
    /// The training image's id.
    #[schema(example = 1)]
    pub id: i64,
    /// URL of the thumbnail, a JPEG of 256×256 pixels.
    pub image_url: String,
    /// The training image's tags.
    pub tags: Vec<String>,
}

/// Progress of a training as the worker reported it last.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrainingProgress {
    #[schema(example = 40, minimum = 0, required)]
    pub current_epoch: Option<i64>,
    #[schema(example = 200, minimum = 0, required)]
    pub total_epochs: Option<i64>,
    #[schema(example = 20.0, minimum = 0, maximum = 100, required)]
    pub progress_percent: Option<f64>,
    /// Seconds left.
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
    /// Number of images made in the style, at most a second old.
    #[schema(example = 3, minimum = 0)]
    pub usage_count: i64,
    #[schema(example = json!(["boat", "sea"]))]
    pub tags: Vec<String>,
    pub created_at: Timestamp,
    pub license_type: LicenseType,
    /// Start of the license.
    #[schema(required)]
    pub valid_from: Option<Timestamp>,
    /// End of the license.
    #[schema(required)]
    pub valid_to: Option<Timestamp>,
    /// False when the artist has withdrawn the style.
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

/// Fields that only the artist of the style and administrators receive.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleInternals {
    /// Address of the model in storage.
    pub model_path: Option<String>,
    /// Measurements of the training worker.
    #[schema(value_type = Option<Object>)]
    pub training_metric: Option<Value>,
    /// Why the training failed.
    pub error_message: Option<String>,
}

impl StyleDetail {
    /// `is_internal`: for the artist of the style and administrators.
    pub async fn of(view: StyleView, is_internal: bool, media: &MediaUrls) -> Result<Self, ApiError> {
        let scheme = media.buckets().scheme;
        let internals = is_internal.then(|| StyleInternals {
            model_path: view.model.as_ref().map(|model| model.uri(scheme)),
            training_metric: view.training_metric.clone(),
            error_message: view.error.as_ref().map(|(_, message)| message.clone()),
        });
        let mut sample_artworks = Vec::with_capacity(view.samples.len());
        for sample in view.samples {
            let image_url = media.address(&sample.image).await?;
            sample_artworks.push(SampleArtwork {
                id: sample.id,
                image_url,
                tags: sample.tags,
            });
        }
        let profile_image = address(media, view.artist_image.as_ref()).await?;
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
            license_type: view.license.into(),
            valid_from: view.valid_from.map(Timestamp),
            valid_to: view.valid_to.map(Timestamp),
            is_active: view.is_active,
            updated_at: Timestamp(view.updated_at),
            stats: StyleStats {
                total_generations: view.total_generations,
                avg_likes: view.avg_likes,
            },
            sample_artworks,
            progress: view.progress,
            internals,
        })
    }
}

#[cfg(test)]
mod tests;
