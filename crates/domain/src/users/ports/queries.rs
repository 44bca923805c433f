//! Accounts as they are shown.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{ObjectAddress, StorageError, Tokens, UserId, users::Role};

/// The signed-in person's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeView {
    pub id: UserId,
    pub username: String,
    pub profile_image: Option<ObjectAddress>,
    pub role: Role,
    /// Spendable tokens.
    pub available: Tokens,
    pub bio: Option<String>,
    pub created_at: DateTime<Utc>,
    pub artist: Option<MeArtist>,
}

/// An artist's own view of the artist profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeArtist {
    pub artist_name: String,
    /// Signature, private bucket.
    pub signature: Option<ObjectAddress>,
    pub verified_email: Option<String>,
    /// Tokens earned, those not yet folded in included.
    pub earned: Tokens,
    pub follower_count: i64,
}

/// Most images that are counted for a profile: whoever has made more is shown to have made so many.
pub const COUNTED_IMAGES: i64 = 100_000;

/// Anybody's view of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileView {
    pub id: UserId,
    pub username: String,
    pub profile_image: Option<ObjectAddress>,
    pub bio: Option<String>,
    pub role: Role,
    pub created_at: DateTime<Utc>,
    pub artist: Option<ProfileArtist>,
    /// Images finished, counted to [`COUNTED_IMAGES`].
    pub total_generations: i64,
    /// Of these, public, counted likewise.
    pub public_generations: i64,
    pub following_count: i64,
    /// Whether the reader follows; `None` for a reader who is not signed in.
    pub is_following: Option<bool>,
}

/// Anybody's view of an artist profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileArtist {
    pub artist_name: String,
    pub follower_count: i64,
}

/// Reads accounts.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UserQueries: Send + Sync {
    /// The account of the person signed in.
    async fn me(&self, user: UserId) -> Result<Option<MeView>, StorageError>;

    /// An active account, as `viewer` sees it.
    async fn profile(
        &self,
        user: UserId,
        viewer: Option<UserId>,
    ) -> Result<Option<ProfileView>, StorageError>;
}
