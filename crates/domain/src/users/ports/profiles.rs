//! Changes of a profile by its owner.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    ObjectAddress, StorageError, UserId,
    users::{Bio, Username},
};

/// Absent: unchanged.
#[derive(Debug, Clone, Default)]
pub struct ProfileUpdate {
    pub username: Option<Username>,
    /// An empty one removes it.
    pub bio: Option<Bio>,
    /// Already stored; `Some(None)` removes it.
    pub picture: Option<Option<ObjectAddress>>,
}

impl ProfileUpdate {
    pub fn is_empty(&self) -> bool {
        self.username.is_none() && self.bio.is_none() && self.picture.is_none()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileUpdateOutcome {
    Done {
        /// The previous picture, if it was replaced or removed.
        replaced: Option<ObjectAddress>,
        updated_at: DateTime<Utc>,
    },
    /// The transaction must not be committed.
    UsernameTaken,
    /// There is no such active account.
    Gone,
}

/// Profiles of accounts.
#[async_trait]
pub trait Profiles: Send {
    /// Changes an active account's profile.
    async fn change(
        &mut self,
        user: UserId,
        change: ProfileUpdate,
        now: DateTime<Utc>,
    ) -> Result<ProfileUpdateOutcome, StorageError>;
}
