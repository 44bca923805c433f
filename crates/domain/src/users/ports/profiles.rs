//! What an account shows of itself, as its owner changes it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    ObjectAddress, StorageError, UserId,
    users::{Bio, Username},
};

/// What an owner changes. Absent: unchanged.
#[derive(Debug, Clone, Default)]
pub struct ProfileUpdate {
    pub username: Option<Username>,
    /// New self-description; an empty one removes it.
    pub bio: Option<Bio>,
    /// New picture, already stored; `Some(None)` removes it.
    pub picture: Option<Option<ObjectAddress>>,
}

impl ProfileUpdate {
    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.username.is_none() && self.bio.is_none() && self.picture.is_none()
    }
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileUpdateOutcome {
    Done {
        /// The picture that is no longer shown.
        replaced: Option<ObjectAddress>,
        updated_at: DateTime<Utc>,
    },
    /// Somebody else has the name. The transaction must not be committed.
    UsernameTaken,
    /// There is no such active account.
    Gone,
}

/// What accounts show of themselves.
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
