//! Response types of follows.

use application::media_urls::MediaUrls;
use domain::users::FollowedArtist;
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{enums::Role, envelope::Timestamp, error::ApiError, responses::media_url};

/// A follow of the current account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Following {
    /// Always true.
    #[schema(example = true)]
    pub following: bool,
    #[schema(example = 4, minimum = 0)]
    pub follower_count: i64,
}

/// An artist that the current account follows.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowListEntry {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    #[schema(example = "demo_artist")]
    pub username: String,
    /// URL of the profile image.
    #[schema(required)]
    pub profile_image: Option<String>,
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
    pub role: Role,
    #[schema(example = 4, minimum = 0)]
    pub follower_count: i64,
    pub followed_at: Timestamp,
}

impl FollowListEntry {
    pub async fn of(artist: FollowedArtist, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            id: artist.user.id,
            username: artist.user.name,
            profile_image: media_url(media, artist.image.as_ref()).await?,
            artist_name: artist.artist_name,
            role: artist.role.into(),
            follower_count: artist.follower_count,
            followed_at: Timestamp(artist.followed_at),
        })
    }
}
