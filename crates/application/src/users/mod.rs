//! Accounts: one's own, other people's, becoming an artist, changing one's profile, and leaving.

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
    users::{ArtistName, BecomeArtist, EmailAddress, MeView, ProfileView, UserQueries},
};
use thiserror::Error;

pub use erasure::{Erased, ErasureService};
pub use follows::{FollowError, FollowService};
pub use profile::{ChangedProfile, Picture, ProfileEdit, ProfileError};

use crate::{
    images::{self, ImageSource},
    styles::UploadGuard,
};

/// Why an account did not become an artist.
#[derive(Debug, Error)]
pub enum UpgradeError {
    #[error("the account is an artist already")]
    AlreadyArtist,
    /// The signature is no usable image.
    #[error("the signature {0}")]
    BadSignature(FieldError),
    #[error(transparent)]
    Objects(#[from] ObjectError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What an account says to become an artist.
#[derive(Debug)]
pub struct Upgrade {
    pub user: UserId,
    pub artist_name: ArtistName,
    pub verified_email: EmailAddress,
    /// The signature, PNG or JPEG.
    pub signature: ImageSource,
}

/// Shows and changes accounts.
#[derive(Clone)]
pub struct AccountService {
    pub queries: Arc<dyn UserQueries>,
    pub units: Arc<dyn UnitOfWorkFactory>,
    pub uploads: UploadGuard,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

impl AccountService {
    /// The account of the person signed in.
    pub async fn me(&self, user: UserId) -> Result<Option<MeView>, StorageError> {
        self.queries.me(user).await
    }

    /// Anybody's account, as `viewer` sees it.
    pub async fn profile(
        &self,
        user: UserId,
        viewer: Option<UserId>,
    ) -> Result<Option<ProfileView>, StorageError> {
        self.queries.profile(user, viewer).await
    }

    /// Makes an account an artist. The signature is decoded and written anew as PNG: nothing hidden in the file
    /// (metadata, appended bytes) is kept.
    pub async fn become_artist(&self, upgrade: Upgrade) -> Result<MeView, UpgradeError> {
        if self.me(upgrade.user).await?.is_none_or(|me| me.artist.is_some()) {
            return Err(UpgradeError::AlreadyArtist);
        }
        let png = images::signature_png(upgrade.signature.clone())
            .await
            .map_err(UpgradeError::BadSignature)?;
        let upload = self.uploads.begin(self.ids.uuid(), upgrade.user).await?;
        let stored = self.store_artist(&upload, &upgrade, png).await;
        if stored.is_err() {
            self.uploads.abandon(&upload).await;
        }
        stored?;
        self.me(upgrade.user).await?.ok_or(UpgradeError::AlreadyArtist)
    }

    async fn store_artist(
        &self,
        upload: &crate::styles::Upload,
        upgrade: &Upgrade,
        png: Bytes,
    ) -> Result<(), UpgradeError> {
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
            return Err(ObjectError::Unavailable("the upload took too long and was swept".into()).into());
        }
        unit.commit().await?;
        Ok(())
    }
}
