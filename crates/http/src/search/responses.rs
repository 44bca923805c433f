//! Response types of `/api/search`.

use application::{media_urls::MediaUrls, search::SearchHits};
use domain::search::{FoundArtist, FoundStyle};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{
    error::ApiError,
    responses::{ArtistRef, media_url},
};

/// Matching styles and artists.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResults {
    /// Sorted by usage count, then newest first.
    pub styles: Vec<StyleMatch>,
    /// Sorted by follower count, then newest first.
    pub artists: Vec<ArtistMatch>,
}

/// The matching field of a style.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StyleMatchedBy {
    Name,
    Tag,
}

/// The matching field of an artist.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArtistMatchedBy {
    ArtistName,
    Username,
}

/// A matching style.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleMatch {
    #[schema(example = 7)]
    pub id: i64,
    #[schema(example = "Blue Harbour")]
    pub name: String,
    /// URL of the thumbnail.
    #[schema(required)]
    pub thumbnail_url: Option<String>,
    pub artist: ArtistRef,
    pub matched_by: StyleMatchedBy,
    /// Number of images generated in the style.
    #[schema(example = 3, minimum = 0)]
    pub usage_count: i64,
}

/// A matching artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArtistMatch {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    #[schema(example = "demo_artist")]
    pub username: String,
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
    /// URL of the profile image.
    #[schema(required)]
    pub profile_image: Option<String>,
    #[schema(example = 4, minimum = 0)]
    pub follower_count: i64,
    pub matched_by: ArtistMatchedBy,
}

impl SearchResults {
    pub async fn of(found: SearchHits, media: &MediaUrls) -> Result<Self, ApiError> {
        let mut styles = Vec::with_capacity(found.styles.len());
        for style in found.styles {
            styles.push(StyleMatch::of(style, media).await?);
        }
        let mut artists = Vec::with_capacity(found.artists.len());
        for artist in found.artists {
            artists.push(ArtistMatch::of(artist, media).await?);
        }
        Ok(Self { styles, artists })
    }
}

impl StyleMatch {
    async fn of(style: FoundStyle, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            id: style.id.0,
            name: style.name,
            thumbnail_url: media_url(media, style.thumbnail.as_ref()).await?,
            artist: ArtistRef {
                id: style.artist.id.0,
                artist_name: style.artist.artist_name,
            },
            matched_by: if style.by_name {
                StyleMatchedBy::Name
            } else {
                StyleMatchedBy::Tag
            },
            usage_count: style.usage_count,
        })
    }
}

impl ArtistMatch {
    async fn of(artist: FoundArtist, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            id: artist.user.id,
            username: artist.user.name,
            artist_name: artist.artist_name,
            profile_image: media_url(media, artist.image.as_ref()).await?,
            follower_count: artist.follower_count,
            matched_by: if artist.by_artist_name {
                ArtistMatchedBy::ArtistName
            } else {
                ArtistMatchedBy::Username
            },
        })
    }
}
