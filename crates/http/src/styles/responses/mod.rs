//! Styles.

mod own;

use application::media::Media;
use domain::ports::queries::{StyleCard, StyleView};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use own::{OwnStyleSummary, RetriedTraining, UploadedStyle};

use crate::edge::{envelope::Timestamp, error::ApiError, responses::address};

/// Whose style it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleArtist {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    /// Unique name.
    #[schema(example = "demo_artist")]
    pub username: String,
    /// Name to work under.
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
}

/// What a list and a style's own page both show, with more or less about its artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleBase<A> {
    /// Id.
    #[schema(example = 7)]
    pub id: i64,
    /// Name.
    #[schema(example = "Blue Harbour")]
    pub name: String,
    /// Description.
    #[schema(example = "Boats in the evening, thick strokes.")]
    pub description: String,
    /// Address of the thumbnail, 256×256.
    pub thumbnail_url: Option<String>,
    /// Artist.
    pub artist: A,
    /// `pending`, `training`, `completed` or `failed`.
    #[schema(example = "completed")]
    pub training_status: &'static str,
    /// Price of one image, tokens.
    #[schema(example = 30)]
    pub generation_cost_tokens: i64,
    /// Images made, up to a second old.
    #[schema(example = 3)]
    pub usage_count: i64,
    /// Tags.
    #[schema(example = json!(["boat", "sea"]))]
    pub tags: Vec<String>,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

impl<A> StyleBase<A> {
    async fn of(
        card: StyleCard,
        media: &Media,
        artist: impl FnOnce(StyleArtist) -> A,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            id: card.id.0,
            name: card.name,
            description: card.description,
            thumbnail_url: address(media, card.thumbnail.as_ref()).await?,
            artist: artist(StyleArtist {
                id: card.artist.id.0,
                username: card.artist.username,
                artist_name: card.artist.artist_name,
            }),
            training_status: card.status.as_str(),
            generation_cost_tokens: card.cost.get(),
            usage_count: card.usage_count,
            tags: card.tags,
            created_at: Timestamp(card.created_at),
        })
    }
}

/// A style in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleSummary(pub StyleBase<StyleArtist>);

impl StyleSummary {
    /// Renders a style.
    pub async fn of(card: StyleCard, media: &Media) -> Result<Self, ApiError> {
        StyleBase::of(card, media, |artist| artist).await.map(Self)
    }
}

/// Whose style it is, on the style's page.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleArtistDetail {
    /// The artist.
    #[serde(flatten)]
    pub artist: StyleArtist,
    /// Address of the picture.
    pub profile_image: Option<String>,
    /// Followers.
    #[schema(example = 0)]
    pub follower_count: i64,
}

/// Counts of a style.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleStats {
    /// Images made.
    #[schema(example = 3)]
    pub total_generations: i64,
    /// Mean number of likes of its newest 1,000 public images, two decimals.
    #[schema(example = 1.5)]
    pub avg_likes: f64,
}

/// A public sample: the thumbnail of a training image.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleArtwork {
    /// The training image's id.
    #[schema(example = 1)]
    pub id: i64,
    /// Address of the thumbnail, a JPEG of 256×256 pixels.
    pub image_url: String,
    /// The image's tags.
    pub tags: Vec<String>,
}

/// How far a training is.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrainingProgress {
    /// Epoch now.
    #[schema(example = 40)]
    pub current_epoch: Option<i64>,
    /// Epochs in all.
    #[schema(example = 200)]
    pub total_epochs: Option<i64>,
    /// 0 to 100.
    #[schema(example = 20.0)]
    pub progress_percent: Option<f64>,
    /// Seconds left.
    #[schema(example = 600)]
    pub estimated_seconds: Option<i64>,
    /// When it was reported.
    pub last_updated: String,
}

/// A style on its own page.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleDetail {
    /// What the list shows, and more about the artist.
    #[serde(flatten)]
    pub base: StyleBase<StyleArtistDetail>,
    /// `personal`, `commercial` or `exclusive`.
    #[schema(example = "personal")]
    pub license_type: &'static str,
    /// Start of the licence.
    pub valid_from: Option<Timestamp>,
    /// End of the licence.
    pub valid_to: Option<Timestamp>,
    /// False when withdrawn.
    pub is_active: bool,
    /// Last change.
    pub updated_at: Timestamp,
    /// Counts.
    pub stats: StyleStats,
    /// Public samples.
    pub sample_artworks: Vec<SampleArtwork>,
    /// Progress while training, else null.
    #[schema(value_type = Option<TrainingProgress>)]
    pub progress: Option<Value>,
    /// What only the owner and admins see.
    #[serde(flatten)]
    pub inside: Option<StyleInternals>,
}

/// What only a style's owner and admins see.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleInternals {
    /// The model's address in storage.
    pub model_path: Option<String>,
    /// What the worker measured.
    #[schema(value_type = Option<Object>)]
    pub training_metric: Option<Value>,
    /// Why the training failed.
    pub error_message: Option<String>,
}

impl StyleDetail {
    /// Renders a style; `inside` for its owner and admins.
    pub async fn of(view: StyleView, inside: bool, media: &Media) -> Result<Self, ApiError> {
        let scheme = media.buckets().scheme;
        let inside = inside.then(|| StyleInternals {
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
        let base = StyleBase::of(view.card, media, |artist| StyleArtistDetail {
            artist,
            profile_image,
            follower_count: view.follower_count,
        });
        Ok(Self {
            base: base.await?,
            license_type: view.licence.as_str(),
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
            inside,
        })
    }
}

#[cfg(test)]
mod tests;
