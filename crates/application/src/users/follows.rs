//! Following artists.

use std::sync::Arc;

use domain::{
    ArtistId, StorageError, UserId,
    clock::Clock,
    page::{Page, PageRequest},
    users::{FollowQueries, Followed, FollowedArtist, Follows},
};
use thiserror::Error;

/// Why somebody does not follow.
#[derive(Debug, Error)]
pub enum FollowError {
    #[error("nobody follows themselves")]
    Oneself,
    #[error("the artist is followed already")]
    Already,
    /// There is no such artist.
    #[error("there is no such artist")]
    NoArtist,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Keeps who follows whom.
#[derive(Clone)]
pub struct FollowService {
    pub follows: Arc<dyn Follows>,
    pub queries: Arc<dyn FollowQueries>,
    pub clock: Arc<dyn Clock>,
}

impl FollowService {
    /// Follows an artist; returns the artist's followers.
    pub async fn follow(&self, artist: ArtistId, follower: UserId) -> Result<i64, FollowError> {
        if artist == follower {
            return Err(FollowError::Oneself);
        }
        match self.follows.follow(artist, follower, self.clock.now()).await? {
            Followed::Added { follower_count } => Ok(follower_count),
            Followed::Already => Err(FollowError::Already),
            Followed::NoArtist => Err(FollowError::NoArtist),
        }
    }

    /// Stops following. Somebody who did not follow does not follow now either.
    pub async fn unfollow(&self, artist: ArtistId, follower: UserId) -> Result<(), FollowError> {
        if self.follows.unfollow(artist, follower).await? {
            Ok(())
        } else {
            Err(FollowError::NoArtist)
        }
    }

    /// A page of the artists a person follows, last followed first.
    pub async fn following(
        &self,
        follower: UserId,
        page: PageRequest,
    ) -> Result<Page<FollowedArtist>, StorageError> {
        self.queries.following(follower, page).await
    }
}
