//! Who follows which artist: one guarded statement each, with exact counters and the notification it causes.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::{ArtistId, UserId};

/// What became of a wish to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// It counts.
    Added {
        /// The artist's followers now.
        follower_count: i64,
    },
    /// It counted before.
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
