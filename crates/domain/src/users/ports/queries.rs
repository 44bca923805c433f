//! Read models of accounts.

use async_trait::async_trait;

use crate::{
    StorageError, Tokens, UserId,
    users::{User, UserProfile},
};

/// The account of the signed-in user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeView {
    pub user: User,
    pub profile: UserProfile,
    /// Tokens that can be spent.
    pub available: Tokens,
    /// Tokens earned as an artist, earning deltas included.
    pub earned: Tokens,
}

/// The images of a profile are counted up to this number.
pub const IMAGE_COUNT_LIMIT: i64 = 100_000;

/// An account as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileView {
    pub user: User,
    pub profile: UserProfile,
    /// Completed generations, counted to [`IMAGE_COUNT_LIMIT`].
    pub total_generations: i64,
    /// Public images, counted to [`IMAGE_COUNT_LIMIT`].
    pub public_generations: i64,
    pub following_count: i64,
    /// Whether the viewer follows the account; `None` without a session.
    pub is_following: Option<bool>,
}

/// Reads accounts.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UserQueries: Send + Sync {
    /// The account of the signed-in user.
    async fn me(&self, user: UserId) -> Result<Option<MeView>, StorageError>;

    /// An active account, as `viewer` sees it.
    async fn profile(
        &self,
        user: UserId,
        viewer: Option<UserId>,
    ) -> Result<Option<ProfileView>, StorageError>;
}
