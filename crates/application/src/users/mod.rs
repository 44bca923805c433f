//! Accounts: profiles, artists, follows, erasure.

mod erasure;
mod follows;
mod profile;

use std::sync::Arc;

use bytes::Bytes;
use domain::{
    FieldError, StorageError, UserId,
    clock::{Clock, Ids},
    object::{ObjectBody, ObjectError},
    unit_of_work::UnitOfWorkFactory,
    users::{ArtistName, BecomeArtist, EmailAddress, MeView, UserQueries},
};
use thiserror::Error;

pub use erasure::{ErasureOutcome, ErasureService};
pub use follows::{FollowError, FollowService};
pub use profile::{ChangedProfile, Picture, ProfileEdit, ProfileError};

use crate::{
    images,
    styles::{Upload, UploadGuard},
};

#[derive(Debug, Error)]
pub enum UpgradeError {
    #[error("the account is already an artist")]
    AlreadyArtist,
    #[error("the signature {0}")]
    InvalidSignature(FieldError),
    #[error(transparent)]
    Objects(#[from] ObjectError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Input of [`AccountService::become_artist`].
#[derive(Debug)]
pub struct Upgrade {
    pub user: UserId,
    pub artist_name: ArtistName,
    pub verified_email: EmailAddress,
    /// PNG or JPEG.
    pub signature: ObjectBody,
}

/// The use cases of accounts.
#[derive(Clone)]
pub struct AccountService {
    pub queries: Arc<dyn UserQueries>,
    pub units: Arc<dyn UnitOfWorkFactory>,
    pub uploads: UploadGuard,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

impl AccountService {
    /// Makes an account an artist. The signature is re-encoded as PNG, which drops metadata and appended bytes.
    pub async fn become_artist(&self, upgrade: Upgrade) -> Result<MeView, UpgradeError> {
        if self
            .queries
            .me(upgrade.user)
            .await?
            .is_none_or(|me| me.profile.artist.is_some())
        {
            return Err(UpgradeError::AlreadyArtist);
        }
        let png = images::signature_png(upgrade.signature.clone())
            .await
            .map_err(UpgradeError::InvalidSignature)?;
        let upload = self.uploads.begin(self.ids.uuid(), upgrade.user).await?;
        let stored = self.store_artist(&upload, &upgrade, png).await;
        if stored.is_err() {
            self.uploads.abandon(&upload).await;
        }
        stored?;
        self.queries
            .me(upgrade.user)
            .await?
            .ok_or(UpgradeError::AlreadyArtist)
    }

    async fn store_artist(&self, upload: &Upload, upgrade: &Upgrade, png: Bytes) -> Result<(), UpgradeError> {
        let signature = upload.signature();
        self.uploads
            .put(&signature, ObjectBody::Bytes(png), "image/png")
            .await?;
        let mut unit = self.units.begin().await?;
        let artist = BecomeArtist {
            user: upgrade.user,
            artist_name: upgrade.artist_name.clone(),
            verified_email: upgrade.verified_email.clone(),
            signature,
            now: self.clock.now(),
        };
        if !unit.accounts().become_artist(artist).await? {
            return Err(UpgradeError::AlreadyArtist);
        }
        if !unit.uploads().finish(upload.id).await? {
            return Err(ObjectError::Unavailable("the upload took too long and was deleted".into()).into());
        }
        unit.commit().await?;
        Ok(())
    }
}
