//! What a search finds.

use application::{media_urls::MediaUrls, search::Found};
use domain::search::{FoundArtist, FoundStyle};
use serde::Serialize;
use utoipa::ToSchema;

use super::address;
use crate::error::ApiError;

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundDto {
    /// Styles, most used first, then newest.
    pub styles: Vec<FoundStyleDto>,
    /// Artists, most followed first, then newest.
    pub artists: Vec<FoundArtistDto>,
}

/// A style that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundStyleDto {
    /// Id.
    #[schema(example = 7)]
    pub id: i64,
    /// Name.
    #[schema(example = "Blue Harbour")]
    pub name: String,
    /// Address of the thumbnail.
    pub thumbnail_url: Option<String>,
    /// Its artist.
    pub artist: FoundStyleArtistDto,
    /// `name` or `tag`.
    #[schema(example = "name")]
    pub matched_by: &'static str,
    /// Images made.
    #[schema(example = 3)]
    pub usage_count: i64,
}

/// The artist of a style that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundStyleArtistDto {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    /// Name to work under.
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
}

/// An artist who was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundArtistDto {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    /// Unique name.
    #[schema(example = "demo_artist")]
    pub username: String,
    /// Name to work under.
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
    /// Address of the picture.
    pub profile_image: Option<String>,
    /// Followers.
    #[schema(example = 4)]
    pub follower_count: i64,
    /// `artist_name` or `username`.
    #[schema(example = "artist_name")]
    pub matched_by: &'static str,
}

impl FoundDto {
    /// Renders what was found.
    pub async fn of(found: Found, media: &MediaUrls) -> Result<Self, ApiError> {
        let mut styles = Vec::with_capacity(found.styles.len());
        for style in found.styles {
            styles.push(FoundStyleDto::of(style, media).await?);
        }
        let mut artists = Vec::with_capacity(found.artists.len());
        for artist in found.artists {
            artists.push(FoundArtistDto::of(artist, media).await?);
        }
        Ok(Self { styles, artists })
    }
}

impl FoundStyleDto {
    async fn of(style: FoundStyle, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            id: style.id.0,
            name: style.name,
            thumbnail_url: address(media, style.thumbnail.as_ref()).await?,
            artist: FoundStyleArtistDto {
                id: style.artist.id.0,
                artist_name: style.artist.artist_name,
            },
            matched_by: if style.by_name { "name" } else { "tag" },
            usage_count: style.usage_count,
        })
    }
}

impl FoundArtistDto {
    async fn of(artist: FoundArtist, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            id: artist.user.id,
            username: artist.user.name,
            artist_name: artist.artist_name,
            profile_image: address(media, artist.image.as_ref()).await?,
            follower_count: artist.follower_count,
            matched_by: if artist.by_artist_name {
                "artist_name"
            } else {
                "username"
            },
        })
    }
}
