//! Styles.

mod own;

use application::media_urls::MediaUrls;
use domain::styles::{StyleCard, StyleView};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use own::{CreatedStyleDto, NewStyleForm, OwnStyleDto, RetriedDto};

use super::address;
use crate::{envelope::Timestamp, error::ApiError};

/// Whose style it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleArtistDto {
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
        media: &MediaUrls,
        artist: impl FnOnce(StyleArtistDto) -> A,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            id: card.id.0,
            name: card.name,
            description: card.description,
            thumbnail_url: address(media, card.thumbnail.as_ref()).await?,
            artist: artist(StyleArtistDto {
                id: card.artist.id.0,
                username: card.artist.username,
                artist_name: card.artist.artist_name,
            }),
            training_status: card.status.as_str(),
            generation_cost_tokens: card.price.get(),
            usage_count: card.usage_count,
            tags: card.tags,
            created_at: Timestamp(card.created_at),
        })
    }
}

/// A style in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleCardDto(pub StyleBase<StyleArtistDto>);

impl StyleCardDto {
    /// Renders a style.
    pub async fn of(card: StyleCard, media: &MediaUrls) -> Result<Self, ApiError> {
        StyleBase::of(card, media, |artist| artist).await.map(Self)
    }
}

/// Whose style it is, on the style's page.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleArtistDetailDto {
    /// The artist.
    #[serde(flatten)]
    pub artist: StyleArtistDto,
    /// Address of the picture.
    pub profile_image: Option<String>,
    /// Followers.
    #[schema(example = 0)]
    pub follower_count: i64,
}

/// Counts of a style.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleStatsDto {
    /// Images made.
    #[schema(example = 3)]
    pub total_generations: i64,
    /// Mean number of likes of its newest 1,000 public images, two decimals.
    #[schema(example = 1.5)]
    pub avg_likes: f64,
}

/// A public sample: the thumbnail of a training image.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleArtworkDto {
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
pub struct TrainingProgressDto {
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
pub struct StyleDetailDto {
    /// What the list shows, and more about the artist.
    #[serde(flatten)]
    pub base: StyleBase<StyleArtistDetailDto>,
    /// `personal`, `commercial` or `exclusive`.
    #[schema(example = "personal")]
    pub license_type: &'static str,
    /// Start of the license.
    pub valid_from: Option<Timestamp>,
    /// End of the license.
    pub valid_to: Option<Timestamp>,
    /// False when withdrawn.
    pub is_active: bool,
    /// Last change.
    pub updated_at: Timestamp,
    /// Counts.
    pub stats: StyleStatsDto,
    /// Public samples.
    pub sample_artworks: Vec<SampleArtworkDto>,
    /// Progress while training, else null.
    #[schema(value_type = Option<TrainingProgressDto>)]
    pub progress: Option<Value>,
    /// What only the owner and admins see.
    #[serde(flatten)]
    pub inside: Option<StyleInsideDto>,
}

/// What only a style's owner and admins see.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleInsideDto {
    /// The model's address in storage.
    pub model_path: Option<String>,
    /// What the worker measured.
    #[schema(value_type = Option<Object>)]
    pub training_metric: Option<Value>,
    /// Why the training failed.
    pub error_message: Option<String>,
}

impl StyleDetailDto {
    /// Renders a style; `inside` for its owner and admins.
    pub async fn of(view: StyleView, inside: bool, media: &MediaUrls) -> Result<Self, ApiError> {
        let scheme = media.buckets().scheme;
        let inside = inside.then(|| StyleInsideDto {
            model_path: view.model.as_ref().map(|model| model.uri(scheme)),
            training_metric: view.training_metric.clone(),
            error_message: view.error.as_ref().map(|(_, message)| message.clone()),
        });
        let mut sample_artworks = Vec::with_capacity(view.samples.len());
        for sample in view.samples {
            let image_url = media.address(&sample.image).await?;
            sample_artworks.push(SampleArtworkDto {
                id: sample.id,
                image_url,
                tags: sample.tags,
            });
        }
        let profile_image = address(media, view.artist_image.as_ref()).await?;
        let base = StyleBase::of(view.card, media, |artist| StyleArtistDetailDto {
            artist,
            profile_image,
            follower_count: view.follower_count,
        });
        Ok(Self {
            base: base.await?,
            license_type: view.license.as_str(),
            valid_from: view.valid_from.map(Timestamp),
            valid_to: view.valid_to.map(Timestamp),
            is_active: view.is_active,
            updated_at: Timestamp(view.updated_at),
            stats: StyleStatsDto {
                total_generations: view.total_generations,
                avg_likes: view.avg_likes,
            },
            sample_artworks,
            progress: view.progress,
            inside,
        })
    }
}

/// Body of a change to a style; what is absent stays.
#[derive(Debug, ToSchema)]
#[schema(as = StyleUpdate)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct StyleChangeBody {
    /// 1 to 2000 characters.
    #[schema(example = "Harbours at dusk.")]
    pub description: Option<String>,
    /// Price of an image, 1 to 10000 tokens, for requests made from now on.
    #[schema(example = 30)]
    pub generation_cost_tokens: Option<i64>,
    /// Offer it, or withdraw it.
    #[schema(example = true)]
    pub is_active: Option<bool>,
    /// `personal`, `commercial` or `exclusive`.
    #[schema(example = "commercial")]
    pub license_type: Option<String>,
    /// When its use ends; null removes the end.
    #[schema(example = "2030-01-01T00:00:00Z")]
    pub valid_to: Option<String>,
}

#[cfg(test)]
mod tests;
