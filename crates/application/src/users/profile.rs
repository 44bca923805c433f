//! Changing what one's account shows of itself.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    FieldError, ObjectAddress, StorageError, UserId,
    object::{ObjectBody, ObjectError},
    users::{Bio, ProfileUpdate, ProfileUpdateOutcome, ProfileView, Username},
};
use thiserror::Error;

use super::AccountService;
use crate::{
    images::{self, ImageSource, Portrait},
    styles::Upload,
    workers::storage_delete_messages,
};

/// Why a profile stayed as it was.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// Somebody else has the name.
    #[error("the username is taken")]
    UsernameTaken,
    /// The account is gone or deactivated.
    #[error("there is no such account")]
    NoAccount,
    #[error(transparent)]
    Objects(#[from] ObjectError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What happens to the picture.
#[derive(Debug, Default)]
pub enum Picture {
    #[default]
    Unchanged,
    Removed,
    Replaced(Portrait),
}

/// What a person changes about their profile. Absent: unchanged.
#[derive(Debug, Default)]
pub struct ProfileEdit {
    pub username: Option<Username>,
    /// New self-description; an empty one removes it.
    pub bio: Option<Bio>,
    pub picture: Picture,
}

/// A profile after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedProfile {
    pub profile: ProfileView,
    pub updated_at: DateTime<Utc>,
}

impl AccountService {
    /// Checks a picture, and makes one of ours of it: upright, small, and without anything that was hidden in the file
    /// (position, camera, appended bytes). Nothing is stored.
    pub async fn portrait(&self, picture: ImageSource) -> Result<Portrait, FieldError> {
        images::portrait(picture).await
    }

    /// Changes the profile. The picture it no longer shows is removed from the store.
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
            Picture::Replaced(portrait) => self.replace_picture(user, change, portrait).await?,
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
        portrait: Portrait,
    ) -> Result<DateTime<Utc>, ProfileError> {
        let upload = self.uploads.begin(self.ids.uuid(), user).await?;
        let picture = upload.picture(portrait.kind);
        change.picture = Some(Some(picture.clone()));
        let stored = async {
            self.store_picture(&picture, portrait.bytes, portrait.kind)
                .await?;
            self.commit_profile(user, change, Some(&upload)).await
        };
        let stored = stored.await;
        if stored.is_err() {
            self.uploads.abandon(&upload).await;
        }
        stored
    }

    async fn store_picture(
        &self,
        at: &ObjectAddress,
        bytes: Bytes,
        kind: images::Kind,
    ) -> Result<(), ObjectError> {
        self.uploads
            .put(at, ObjectBody::Bytes(bytes), kind.content_type())
            .await
    }

    /// Change, removal of the old picture and the end of the upload's note: at once or not at all. Once more when it
    /// lost against another transaction.
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
        let superfluous = Vec::from_iter(replaced);
        for deletion in storage_delete_messages(self.ids.as_ref(), user, superfluous, now, now) {
            unit.outbox().enqueue_deletion(deletion).await?;
        }
        if let Some(upload) = upload
            && !unit.uploads().finish(upload.id).await?
        {
            return Err(ObjectError::Unavailable("the upload took too long and was swept".into()).into());
        }
        unit.commit().await?;
        Ok(updated_at)
    }
}
