//! Accounts.

use application::{media_urls::MediaUrls, users::UpdatedProfile};
use domain::users::{MeArtist, MeView, ProfileView};
use serde::Serialize;
use utoipa::ToSchema;

use super::address;
use crate::{envelope::Timestamp, error::ApiError};

/// The signed-in person's own account.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeDto {
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
    pub artist: Option<MeArtistDto>,
}

/// The artist side of one's own account.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeArtistDto {
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

impl MeDto {
    /// Renders the account.
    pub async fn of(me: MeView, media: &MediaUrls) -> Result<Self, ApiError> {
        let artist = match me.artist {
            Some(artist) => Some(MeArtistDto::of(me.id.0, artist, media).await?),
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

impl MeArtistDto {
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

/// An account that just became an artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpgradedDto {
    /// The account.
    pub user: UpgradedUserDto,
    /// Its artist side.
    pub artist: Option<MeArtistDto>,
}

/// The account of a new artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpgradedUserDto {
    /// Id.
    #[schema(example = 12)]
    pub id: i64,
    /// Role now.
    #[schema(example = "artist")]
    pub role: &'static str,
}

impl From<MeDto> for UpgradedDto {
    fn from(me: MeDto) -> Self {
        Self {
            user: UpgradedUserDto {
                id: me.id,
                role: me.role,
            },
            artist: me.artist,
        }
    }
}

/// Body of an upgrade: JSON, or multipart with the signature as a file.
#[derive(Debug, ToSchema)]
#[schema(as = UpgradeToArtist)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct UpgradeBody {
    /// Name to work under, 1 to 100 characters.
    #[schema(example = "Demo Artist")]
    pub artist_name: String,
    /// Business address.
    #[schema(example = "artist@example.com")]
    pub verified_email: String,
    /// PNG or JPEG, at most 2 MB: a `data:` URL, or a file part in a multipart body.
    #[schema(example = "data:image/png;base64,iVBORw0KGgo…")]
    pub signature_image: String,
}

/// Anybody's view of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileDto {
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
    pub artist: Option<ProfileArtistDto>,
    /// Counts.
    pub stats: ProfileStatsDto,
    /// Whether the reader follows; only for readers who are signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_following: Option<bool>,
}

/// Anybody's view of an artist.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileArtistDto {
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
pub struct ProfileStatsDto {
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

impl ProfileDto {
    /// Renders the account.
    pub async fn of(profile: ProfileView, media: &MediaUrls) -> Result<Self, ApiError> {
        let id = profile.id.0;
        Ok(Self {
            id,
            username: profile.username,
            profile_image: address(media, profile.profile_image.as_ref()).await?,
            bio: profile.bio,
            role: profile.role.as_str(),
            created_at: Timestamp(profile.created_at),
            artist: profile.artist.map(|artist| ProfileArtistDto {
                id,
                artist_name: artist.artist_name,
                follower_count: artist.follower_count,
            }),
            stats: ProfileStatsDto {
                total_generations: profile.total_generations,
                public_generations: profile.public_generations,
                following_count: profile.following_count,
            },
            is_following: profile.is_following,
        })
    }
}

/// Body of a change of one's profile: JSON, or multipart with the picture as a file. What is absent stays.
#[derive(Debug, ToSchema)]
#[schema(as = ChangeProfile)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct ChangeProfileBody {
    /// Unique name, 3 to 50 characters.
    #[schema(example = "demo_artist")]
    pub username: Option<String>,
    /// Self-description, at most 500 characters; an empty one or null removes it.
    #[schema(example = "Ink and rain.")]
    pub bio: Option<String>,
    /// PNG or JPEG, at most 5 MB: a `data:` URL, or a file part in a multipart body. In JSON, null removes it.
    #[schema(example = "data:image/png;base64,iVBORw0KGgo…")]
    pub profile_image: Option<String>,
}

/// One's own profile after a change: as [`ProfileDto`], and when it was changed last.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedProfileDto {
    /// The profile.
    #[serde(flatten)]
    pub profile: ProfileDto,
    /// Last change.
    pub updated_at: Timestamp,
}

impl ChangedProfileDto {
    /// Renders the profile.
    pub async fn of(changed: UpdatedProfile, media: &MediaUrls) -> Result<Self, ApiError> {
        Ok(Self {
            profile: ProfileDto::of(changed.profile, media).await?,
            updated_at: Timestamp(changed.updated_at),
        })
    }
}
