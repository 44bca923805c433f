//! Artists followed, as they are shown.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Named;
use crate::{
    ObjectAddress, UserId,
    page::{Page, PageRequest},
    ports::StorageError,
    user::Role,
};

/// An artist somebody follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedArtist {
    /// Id and username.
    pub user: Named,
    /// Picture.
    pub image: Option<ObjectAddress>,
    /// Name to work under.
    pub artist_name: String,
    /// Role.
    pub role: Role,
    /// Followers.
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
