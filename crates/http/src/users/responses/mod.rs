//! Response types of `/api/users`.

mod follows;

pub use follows::{FollowListEntry, Following};

use application::{media_urls::MediaUrls, users::ChangedProfile};
use domain::users::{Bio, EmailAddress, MeView, ProfileView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{enums::Role, envelope::Timestamp, error::ApiError, responses::media_url};

/// The current account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    #[schema(example = 12)]
    pub id: i64,
    #[schema(example = "demo_artist")]
    pub username: String,
    /// URL of the profile image.
    #[schema(required)]
    pub profile_image: Option<String>,
    pub role: Role,
    /// Available tokens.
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
    /// Presigned URL of the signature, valid for one hour.
    #[schema(required)]
    pub signature_image_url: Option<String>,
    /// Business email address.
    #[schema(example = "artist@example.com", required)]
    pub verified_email: Option<String>,
    /// Earned tokens.
    #[schema(example = 30, minimum = 0)]
    pub earned_token_balance: i64,
    #[schema(example = 0, minimum = 0)]
    pub follower_count: i64,
}

impl Me {
    pub async fn of(me: MeView, media: &MediaUrls) -> Result<Self, ApiError> {
        let MeView {
            user,
            profile,
            available,
            earned,
        } = me;
        let role = profile.role(&user).into();
        let artist = match profile.artist {
            Some(artist) => Some(OwnArtist {
                id: user.id.0,
                artist_name: artist.artist_name.into_string(),
                signature_image_url: media_url(media, artist.signature.as_ref()).await?,
                verified_email: artist.verified_email.map(EmailAddress::into_string),
                earned_token_balance: earned.get(),
                follower_count: artist.follower_count,
            }),
            None => None,
        };
        Ok(Self {
            id: user.id.0,
            username: user.username.into_string(),
            profile_image: media_url(media, profile.profile_image.as_ref()).await?,
            role,
            token_balance: available.get(),
            bio: profile.bio.map(Bio::into_string),
            created_at: Timestamp(user.created_at),
            artist,
        })
    }
}

/// An account after the upgrade to an artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpgradedAccount {
    pub user: UpgradedUser,
    #[schema(required)]
    pub artist: Option<OwnArtist>,
}

/// Id and role of an account after the upgrade to an artist.
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
    /// URL of the profile image.
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
    /// Whether the current account follows this account; absent without a session.
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

/// Statistics of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileStats {
    /// Number of completed generations, at most 100,000.
    #[schema(example = 3, minimum = 0, maximum = 100_000)]
    pub total_generations: i64,
    /// Number of public images, at most 100,000.
    #[schema(example = 1, minimum = 0, maximum = 100_000)]
    pub public_generations: i64,
    /// Number of followed artists.
    #[schema(example = 0, minimum = 0)]
    pub following_count: i64,
}

impl Profile {
    pub async fn of(view: ProfileView, media: &MediaUrls) -> Result<Self, ApiError> {
        let ProfileView { user, profile, .. } = view;
        let id = user.id.0;
        Ok(Self {
            id,
            role: profile.role(&user).into(),
            username: user.username.into_string(),
            profile_image: media_url(media, profile.profile_image.as_ref()).await?,
            bio: profile.bio.map(Bio::into_string),
            created_at: Timestamp(user.created_at),
            artist: profile.artist.map(|artist| ProfileArtist {
                id,
                artist_name: artist.artist_name.into_string(),
                follower_count: artist.follower_count,
            }),
            stats: ProfileStats {
                total_generations: view.total_generations,
                public_generations: view.public_generations,
                following_count: view.following_count,
            },
            is_following: view.is_following,
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
