//! Who follows which artist: one guarded statement each, with exact counters and the notification it causes.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    ArtistId, ObjectAddress, StorageError, UserId,
    id::Named,
    page::{Page, PageRequest},
    users::Role,
};

/// What became of a wish to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    Added {
        follower_count: i64,
    },
    Already,
    /// There is no such artist.
    NoArtist,
}

/// The statements.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Follows: Send + Sync {
    /// Follows an artist, who is told once, however often it is taken back and repeated.
    async fn follow(
        &self,
        artist: ArtistId,
        follower: UserId,
        now: DateTime<Utc>,
    ) -> Result<Followed, StorageError>;

    /// Stops following an artist, one who left too; false when there is no such artist. Somebody who did not follow
    /// does not follow now either.
    async fn unfollow(&self, artist: ArtistId, follower: UserId) -> Result<bool, StorageError>;
}

/// An artist somebody follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedArtist {
    pub user: Named,
    pub image: Option<ObjectAddress>,
    pub artist_name: String,
    pub role: Role,
    pub follower_count: i64,
    /// Since when.
    pub followed_at: DateTime<Utc>,
}

/// Reads who follows whom.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait FollowQueries: Send + Sync {
    /// A page of the active artists a person follows, last followed first.
    async fn following(
        &self,
        follower: UserId,
        page: PageRequest,
    ) -> Result<Page<FollowedArtist>, StorageError>;
}
