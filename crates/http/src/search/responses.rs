//! What a search finds.

use application::{media::Media, search::Found};
use domain::ports::queries::{FoundArtist, FoundStyle};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{error::ApiError, responses::address};

/// What a search found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResults {
    /// Styles, most used first, then newest.
    pub styles: Vec<StyleMatch>,
    /// Artists, most followed first, then newest.
    pub artists: Vec<ArtistMatch>,
}

/// A style that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleMatch {
    /// Id.
    #[schema(example = 7)]
    pub id: i64,
    /// Name.
    #[schema(example = "Blue Harbour")]
    pub name: String,
    /// Address of the thumbnail.
    pub thumbnail_url: Option<String>,
    /// Its artist.
    pub artist: StyleMatchArtist,
    /// `name` or `tag`.
    #[schema(example = "name")]
    pub matched_by: &'static str,
    /// Images made.
    #[schema(example = 3)]
    pub usage_count: i64,
}

/// The artist of a style that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct StyleMatchArtist {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    /// Name to work under.
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
}

/// An artist who was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArtistMatch {
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

impl SearchResults {
    /// Renders what was found.
    pub async fn of(found: Found, media: &Media) -> Result<Self, ApiError> {
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
    async fn of(style: FoundStyle, media: &Media) -> Result<Self, ApiError> {
        Ok(Self {
            id: style.id.0,
            name: style.name,
            thumbnail_url: address(media, style.thumbnail.as_ref()).await?,
            artist: StyleMatchArtist {
                id: style.artist.id.0,
                artist_name: style.artist.artist_name,
            },
            matched_by: if style.by_name { "name" } else { "tag" },
            usage_count: style.usage_count,
        })
    }
}

impl ArtistMatch {
    async fn of(artist: FoundArtist, media: &Media) -> Result<Self, ApiError> {
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
