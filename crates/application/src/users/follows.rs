//! Follows of artists.

use std::sync::Arc;

use domain::{
    ArtistId, StorageError, UserId,
    clock::Clock,
    users::{FollowOutcome, FollowQueries, Follows},
};
use thiserror::Error;

#[derive(Debug, Error)]
pub enum FollowError {
    #[error("users cannot follow themselves")]
    SelfFollow,
    #[error("the artist is already followed")]
    Already,
    #[error("there is no such artist")]
    NoArtist,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The use cases of follows.
#[derive(Clone)]
pub struct FollowService {
    pub follows: Arc<dyn Follows>,
    pub queries: Arc<dyn FollowQueries>,
    pub clock: Arc<dyn Clock>,
}

impl FollowService {
    /// Follows an artist. Returns the artist's number of followers.
    pub async fn follow(&self, artist: ArtistId, follower: UserId) -> Result<i64, FollowError> {
        if artist == follower {
            return Err(FollowError::SelfFollow);
        }
        match self.follows.follow(artist, follower, self.clock.now()).await? {
            FollowOutcome::Added { follower_count } => Ok(follower_count),
            FollowOutcome::Already => Err(FollowError::Already),
            FollowOutcome::NoArtist => Err(FollowError::NoArtist),
        }
    }

    /// Unfollows an artist. A missing follow counts as removed.
    pub async fn unfollow(&self, artist: ArtistId, follower: UserId) -> Result<(), FollowError> {
        if self.follows.unfollow(artist, follower).await? {
            Ok(())
        } else {
            Err(FollowError::NoArtist)
        }
    }
}
