//! Accounts.

mod follows;

pub use follows::{FollowListEntry, Following};

use application::{accounts::ChangedProfile, media::Media};
use domain::ports::queries::{MeArtist, MeView, ProfileView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{envelope::Timestamp, error::ApiError, responses::address};

/// The signed-in person's own account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Id.
    #[schema(example = 12)]
    pub id: i64,
    /// Unique name.
    #[schema(example = "demo_artist")]
    pub username: String,
    /// Address of the picture.
    pub profile_image: Option<String>,
    /// `user`, `artist` or `admin`.
    #[schema(example = "artist")]
    pub role: &'static str,
    /// Spendable tokens.
    #[schema(example = 100)]
    pub token_balance: i64,
    /// Self-description.
    pub bio: Option<String>,
    /// First login.
    pub created_at: Timestamp,
    /// Present for artists.
    pub artist: Option<OwnArtist>,
}

/// The artist side of one's own account.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnArtist {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    /// Name to work under.
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
    /// Address of the signature, good for an hour.
    pub signature_image_url: Option<String>,
    /// Business address.
    #[schema(example = "artist@example.com")]
    pub verified_email: Option<String>,
    /// Tokens earned.
    #[schema(example = 30)]
    pub earned_token_balance: i64,
    /// Followers.
    #[schema(example = 0)]
    pub follower_count: i64,
}

impl Me {
    /// Renders the account.
    pub async fn of(me: MeView, media: &Media) -> Result<Self, ApiError> {
        let artist = match me.artist {
            Some(artist) => Some(OwnArtist::of(me.id.0, artist, media).await?),
            None => None,
        };
        Ok(Self {
            id: me.id.0,
            username: me.username,
            profile_image: address(media, me.profile_image.as_ref()).await?,
            role: me.role.as_str(),
            token_balance: me.available.get(),
            bio: me.bio,
            created_at: Timestamp(me.created_at),
            artist,
        })
    }
}

impl OwnArtist {
    async fn of(id: i64, artist: MeArtist, media: &Media) -> Result<Self, ApiError> {
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

/// An account that just became an artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpgradedAccount {
    /// The account.
    pub user: UpgradedUser,
    /// Its artist side.
    pub artist: Option<OwnArtist>,
}

/// The account of a new artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpgradedUser {
    /// Id.
    #[schema(example = 12)]
    pub id: i64,
    /// Role now.
    #[schema(example = "artist")]
    pub role: &'static str,
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

/// Anybody's view of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    /// Id.
    #[schema(example = 12)]
    pub id: i64,
    /// Unique name.
    #[schema(example = "demo_artist")]
    pub username: String,
    /// Address of the picture.
    pub profile_image: Option<String>,
    /// Self-description.
    pub bio: Option<String>,
    /// `user`, `artist` or `admin`.
    #[schema(example = "artist")]
    pub role: &'static str,
    /// First login.
    pub created_at: Timestamp,
    /// Present for artists.
    pub artist: Option<ProfileArtist>,
    /// Counts.
    pub stats: ProfileStats,
    /// Whether the reader follows; only for readers who are signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_following: Option<bool>,
}

/// Anybody's view of an artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileArtist {
    /// The artist's user id.
    #[schema(example = 12)]
    pub id: i64,
    /// Name to work under.
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
    /// Followers.
    #[schema(example = 0)]
    pub follower_count: i64,
}

/// Counts of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileStats {
    /// Images made, counted to 100,000.
    #[schema(example = 3)]
    pub total_generations: i64,
    /// Of these, public, counted to 100,000.
    #[schema(example = 1)]
    pub public_generations: i64,
    /// Artists followed.
    #[schema(example = 0)]
    pub following_count: i64,
}

impl Profile {
    /// Renders the account.
    pub async fn of(profile: ProfileView, media: &Media) -> Result<Self, ApiError> {
        let id = profile.id.0;
        Ok(Self {
            id,
            username: profile.username,
            profile_image: address(media, profile.profile_image.as_ref()).await?,
            bio: profile.bio,
            role: profile.role.as_str(),
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

/// One's own profile after a change: as [`Profile`], and when it was changed last.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpdatedProfile {
    /// The profile.
    #[serde(flatten)]
    pub profile: Profile,
    /// Last change.
    pub updated_at: Timestamp,
}

impl UpdatedProfile {
    /// Renders the profile.
    pub async fn of(changed: ChangedProfile, media: &Media) -> Result<Self, ApiError> {
        Ok(Self {
            profile: Profile::of(changed.profile, media).await?,
            updated_at: Timestamp(changed.updated_at),
        })
    }
}
