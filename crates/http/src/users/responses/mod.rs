//! Accounts.

mod follows;

pub use follows::{FollowListEntry, Following};

use application::{media_urls::MediaUrls, users::ChangedProfile};
use domain::users::{MeArtist, MeView, ProfileView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{enums::Role, envelope::Timestamp, error::ApiError, responses::address};

/// The current account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    #[schema(example = 12)]
    pub id: i64,
    #[schema(example = "demo_artist")]
    pub username: String,
    /// URL of the picture.
    #[schema(required)]
    pub profile_image: Option<String>,
    pub role: Role,
    /// Tokens that can be spent.
    #[schema(example = 100, minimum = 0)]
    pub token_balance: i64,
    #[schema(required)]
    pub bio: Option<String>,
    pub created_at: Timestamp,
    /// Null unless the account is an artist.
    #[schema(required)]
    pub artist: Option<OwnArtist>,
}

/// The artist profile of the current account.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnArtist {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
    /// URL of the signature, valid for an hour.
    #[schema(required)]
    pub signature_image_url: Option<String>,
    /// Business address.
    #[schema(example = "artist@example.com", required)]
    pub verified_email: Option<String>,
    /// Tokens earned.
    #[schema(example = 30, minimum = 0)]
    pub earned_token_balance: i64,
    #[schema(example = 0, minimum = 0)]
    pub follower_count: i64,
}

impl Me {
    pub async fn of(me: MeView, media: &MediaUrls) -> Result<Self, ApiError> {
        let artist = match me.artist {
            Some(artist) => Some(OwnArtist::of(me.id.0, artist, media).await?),
            None => None,
        };
        Ok(Self {
            id: me.id.0,
            username: me.username,
            profile_image: address(media, me.profile_image.as_ref()).await?,
            role: me.role.into(),
            token_balance: me.available.get(),
            bio: me.bio,
            created_at: Timestamp(me.created_at),
            artist,
        })
    }
}

impl OwnArtist {
    async fn of(id: i64, artist: MeArtist, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            id,
            artist_name: artist.artist_name,
            signature_image_url: address(media, artist.signature.as_ref()).await?,
            verified_email: artist.verified_email,
            earned_token_balance: artist.earned.get(),
            follower_count: artist.follower_count,
        })
    }
}

/// An account that became an artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpgradedAccount {
    pub user: UpgradedUser,
    #[schema(required)]
    pub artist: Option<OwnArtist>,
}

/// Id and role of an account that became an artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpgradedUser {
    #[schema(example = 12)]
    pub id: i64,
    pub role: Role,
}

impl From<Me> for UpgradedAccount {
    fn from(me: Me) -> Self {
        Self {
            user: UpgradedUser {
                id: me.id,
                role: me.role,
            },
            artist: me.artist,
        }
    }
}

/// The public profile of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    #[schema(example = 12)]
    pub id: i64,
    #[schema(example = "demo_artist")]
    pub username: String,
    /// URL of the picture.
    #[schema(required)]
    pub profile_image: Option<String>,
    #[schema(required)]
    pub bio: Option<String>,
    pub role: Role,
    pub created_at: Timestamp,
    /// Null unless the account is an artist.
    #[schema(required)]
    pub artist: Option<ProfileArtist>,
    pub stats: ProfileStats,
    /// Whether the current account follows this one; absent without a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub is_following: Option<bool>,
}

/// The public profile of an artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileArtist {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
    #[schema(example = 0, minimum = 0)]
    pub follower_count: i64,
}

/// Counts of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileStats {
    /// Images made, counted to 100,000.
    #[schema(example = 3, minimum = 0, maximum = 100_000)]
    pub total_generations: i64,
    /// Public images, counted to 100,000.
    #[schema(example = 1, minimum = 0, maximum = 100_000)]
    pub public_generations: i64,
    /// Artists followed.
    #[schema(example = 0, minimum = 0)]
    pub following_count: i64,
}

impl Profile {
    pub async fn of(profile: ProfileView, media: &MediaUrls) -> Result<Self, ApiError> {
        let id = profile.id.0;
        Ok(Self {
            id,
            username: profile.username,
            profile_image: address(media, profile.profile_image.as_ref()).await?,
            bio: profile.bio,
            role: profile.role.into(),
            created_at: Timestamp(profile.created_at),
            artist: profile.artist.map(|artist| ProfileArtist {
                id,
                artist_name: artist.artist_name,
                follower_count: artist.follower_count,
            }),
            stats: ProfileStats {
                total_generations: profile.total_generations,
                public_generations: profile.public_generations,
                following_count: profile.following_count,
            },
            is_following: profile.is_following,
        })
    }
}

/// The profile of the current account after an update.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpdatedProfile {
    #[serde(flatten)]
    pub profile: Profile,
    pub updated_at: Timestamp,
}

impl UpdatedProfile {
    pub async fn of(changed: ChangedProfile, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            profile: Profile::of(changed.profile, media).await?,
            updated_at: Timestamp(changed.updated_at),
        })
    }
}
