//! Changing what one's account shows of itself.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    Fault, ObjectAddress, UserId,
    ports::{ObjectBody, ObjectError, ProfileChange, ProfileChanged, StorageError, queries::ProfileView},
    user::{Bio, Username},
};
use thiserror::Error;

use super::AccountService;
use crate::{
    deletions,
    images::{self, ImageSource, Portrait},
    styles::Upload,
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
    /// The object store failed.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What happens to the picture.
#[derive(Debug, Default)]
pub enum Picture {
    /// It stays.
    #[default]
    Unchanged,
    /// It goes.
    Removed,
    /// Another one takes its place.
    Replaced(Portrait),
}

/// What a person changes about their profile. Absent: unchanged.
#[derive(Debug, Default)]
pub struct ProfileEdit {
    /// New name.
    pub username: Option<Username>,
    /// New self-description; an empty one removes it.
    pub bio: Option<Bio>,
    /// Picture.
    pub picture: Picture,
}

/// A profile after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedProfile {
    /// As its owner sees it.
    pub profile: ProfileView,
    /// Last change.
    pub updated_at: DateTime<Utc>,
}

impl AccountService {
    /// Checks a picture, and makes one of ours of it: upright, small, and without anything that was hidden in the file
    /// (position, camera, appended bytes). Nothing is stored.
    pub async fn portrait(&self, picture: ImageSource) -> Result<Portrait, Fault> {
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
        let mut change = ProfileChange {
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
        mut change: ProfileChange,
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
        change: ProfileChange,
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
        change: ProfileChange,
        upload: Option<&Upload>,
    ) -> Result<DateTime<Utc>, ProfileError> {
        let now = self.clock.now();
        let mut unit = self.units.begin().await?;
        let (replaced, updated_at) = match unit.profiles().change(user, change, now).await? {
            ProfileChanged::Done { replaced, updated_at } => (replaced, updated_at),
            ProfileChanged::UsernameTaken => return Err(ProfileError::UsernameTaken),
            ProfileChanged::Gone => return Err(ProfileError::NoAccount),
        };
        let superfluous = Vec::from_iter(replaced);
        for deletion in deletions::messages(self.ids.as_ref(), user, superfluous, now, now) {
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
