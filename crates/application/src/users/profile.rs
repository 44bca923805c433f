//! Update of a profile by its owner.

use chrono::{DateTime, Utc};
use domain::{
    StorageError, UserId,
    object::{ObjectBody, ObjectError},
    users::{Bio, ProfileUpdate, ProfileUpdateOutcome, ProfileView, Username},
};
use thiserror::Error;

use super::AccountService;
use crate::{images::ProfilePicture, styles::Upload, workers::storage_delete_messages};

#[derive(Debug, Error)]
pub enum ProfileError {
    #[error("the username is taken")]
    UsernameTaken,
    /// The account is deleted or deactivated.
    #[error("there is no such account")]
    NoAccount,
    #[error(transparent)]
    Objects(#[from] ObjectError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Update of the profile picture.
#[derive(Debug, Default)]
pub enum Picture {
    #[default]
    Unchanged,
    Removed,
    Replaced(ProfilePicture),
}

/// Absent: unchanged.
#[derive(Debug, Default)]
pub struct ProfileEdit {
    pub username: Option<Username>,
    /// An empty one removes it.
    pub bio: Option<Bio>,
    pub picture: Picture,
}

/// A profile after an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedProfile {
    pub profile: ProfileView,
    pub updated_at: DateTime<Utc>,
}

impl AccountService {
    /// Updates the profile. A replaced or removed picture is deleted from the store.
    pub async fn change_profile(
        &self,
        user: UserId,
        edit: ProfileEdit,
    ) -> Result<ChangedProfile, ProfileError> {
        let ProfileEdit {
            username,
            bio,
            picture,
        } = edit;
        let mut change = ProfileUpdate {
            username,
            bio,
            picture: None,
        };
        let updated_at = match picture {
            Picture::Unchanged => self.commit_profile(user, change, None).await?,
            Picture::Removed => {
                change.picture = Some(None);
                self.commit_profile(user, change, None).await?
            }
            Picture::Replaced(picture) => self.replace_picture(user, change, picture).await?,
        };
        let profile = self.queries.profile(user, Some(user)).await?;
        Ok(ChangedProfile {
            profile: profile.ok_or(ProfileError::NoAccount)?,
            updated_at,
        })
    }

    async fn replace_picture(
        &self,
        user: UserId,
        mut change: ProfileUpdate,
        picture: ProfilePicture,
    ) -> Result<DateTime<Utc>, ProfileError> {
        let upload = self.uploads.begin(self.ids.uuid(), user).await?;
        let object = upload.picture(picture.kind);
        change.picture = Some(Some(object.clone()));
        let stored = async {
            let body = ObjectBody::Bytes(picture.bytes);
            self.uploads
                .put(&object, body, picture.kind.content_type())
                .await?;
            self.commit_profile(user, change, Some(&upload)).await
        };
        let stored = stored.await;
        if stored.is_err() {
            self.uploads.abandon(&upload).await;
        }
        stored
    }

    /// Updates the profile, enqueues the deletion of the old picture and finishes the upload, in one transaction.
    /// Retries once after a deadlock.
    async fn commit_profile(
        &self,
        user: UserId,
        change: ProfileUpdate,
        upload: Option<&Upload>,
    ) -> Result<DateTime<Utc>, ProfileError> {
        match self.try_commit(user, change.clone(), upload).await {
            Err(ProfileError::Storage(StorageError::Aborted(_))) => {
                self.try_commit(user, change, upload).await
            }
            outcome => outcome,
        }
    }

    async fn try_commit(
        &self,
        user: UserId,
        change: ProfileUpdate,
        upload: Option<&Upload>,
    ) -> Result<DateTime<Utc>, ProfileError> {
        let now = self.clock.now();
        let mut unit = self.units.begin().await?;
        let (replaced, updated_at) = match unit.profiles().change(user, change, now).await? {
            ProfileUpdateOutcome::Done { replaced, updated_at } => (replaced, updated_at),
            ProfileUpdateOutcome::UsernameTaken => return Err(ProfileError::UsernameTaken),
            ProfileUpdateOutcome::Gone => return Err(ProfileError::NoAccount),
        };
        let objects = Vec::from_iter(replaced);
        for deletion in storage_delete_messages(self.ids.as_ref(), user, objects, now, now) {
            unit.outbox().enqueue_deletion(deletion).await?;
        }
        if let Some(upload) = upload
            && !unit.uploads().finish(upload.id).await?
        {
            return Err(ObjectError::Unavailable("the upload took too long and was deleted".into()).into());
        }
        unit.commit().await?;
        Ok(updated_at)
    }
}
