//! Ports of follows. Each write is atomic and includes its counters and notification.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    ArtistId, ObjectAddress, StorageError, UserId,
    id::Named,
    page::{Page, PageRequest},
    users::Role,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowOutcome {
    Added {
        follower_count: i64,
    },
    Already,
    /// There is no such artist.
    NoArtist,
}

/// Writes follows.
#[async_trait]
pub trait Follows: Send + Sync {
    /// Follows an artist. The artist is notified once, also after an unfollow and a repeated follow.
    async fn follow(
        &self,
        artist: ArtistId,
        follower: UserId,
        now: DateTime<Utc>,
    ) -> Result<FollowOutcome, StorageError>;

    /// Unfollows an artist, also a deactivated one. A missing follow counts as removed. False when there is no such
    /// artist.
    async fn unfollow(&self, artist: ArtistId, follower: UserId) -> Result<bool, StorageError>;
}

/// An artist that a user follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedArtist {
    pub user: Named,
    pub image: Option<ObjectAddress>,
    pub artist_name: String,
    pub role: Role,
    pub follower_count: i64,
    pub followed_at: DateTime<Utc>,
}

/// Reads follows.
#[async_trait]
pub trait FollowQueries: Send + Sync {
    /// A page of the active artists that a user follows, last followed first.
    async fn following(
        &self,
        follower: UserId,
        page: PageRequest,
    ) -> Result<Page<FollowedArtist>, StorageError>;
}
