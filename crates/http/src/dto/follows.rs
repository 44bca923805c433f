//! Following.

use application::media_urls::MediaUrls;
use domain::users::FollowedArtist;
use serde::Serialize;
use utoipa::ToSchema;

use super::address;
use crate::{envelope::Timestamp, error::ApiError};

/// An artist is followed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowDto {
    /// Always true.
    #[schema(example = true)]
    pub following: bool,
    /// The artist's followers now.
    #[schema(example = 4)]
    pub follower_count: i64,
}

/// An artist somebody follows.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowedArtistDto {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    /// Unique name.
    #[schema(example = "demo_artist")]
    pub username: String,
    /// Address of the picture.
    pub profile_image: Option<String>,
    /// Name to work under.
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
    /// `artist` or `admin`.
    #[schema(example = "artist")]
    pub role: &'static str,
    /// Followers.
    #[schema(example = 4)]
    pub follower_count: i64,
    /// Since when.
    pub followed_at: Timestamp,
}

impl FollowedArtistDto {
    /// Renders an artist.
    pub async fn of(artist: FollowedArtist, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            id: artist.user.id,
            username: artist.user.name,
            profile_image: address(media, artist.image.as_ref()).await?,
            artist_name: artist.artist_name,
            role: artist.role.as_str(),
            follower_count: artist.follower_count,
            followed_at: Timestamp(artist.followed_at),
        })
    }
}
