//! Styles and their images, written in a unit of work.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    ObjectAddress, StorageError, StyleId, TaskId, UserId,
    styles::{GenerationPrice, LicenseKind, StyleDescription, StyleName, TagName, TrainingStatus},
};

/// An artist whose row is locked until the end of the transaction: two uploads cannot both slip under the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedArtist {
    /// Styles that have not failed.
    pub unfailed_styles: i64,
}

/// A style to store.
#[derive(Debug, Clone)]
pub struct NewStyle {
    pub artist: UserId,
    pub name: StyleName,
    pub description: StyleDescription,
    pub price: GenerationPrice,
    pub license: LicenseKind,
    /// Public thumbnail, already stored.
    pub thumbnail: ObjectAddress,
    pub tags: Vec<TagName>,
    /// Images in upload order.
    pub images: Vec<NewTrainingImage>,
    pub task_id: TaskId,
    /// The upload that brought the images.
    pub upload_id: Uuid,
    pub now: DateTime<Utc>,
}

/// A training image, already stored.
#[derive(Debug, Clone)]
pub struct NewTrainingImage {
    /// Where it lies; private.
    pub object: ObjectAddress,
    /// Public thumbnail, already stored, of one that is shown as a sample.
    pub sample: Option<ObjectAddress>,
    /// MIME type.
    pub content_type: &'static str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Size in bytes.
    pub bytes: u64,
    pub tags: Vec<TagName>,
}

/// A style whose row is locked, with what a new training task needs.
#[derive(Debug, Clone)]
pub struct LockedStyle {
    pub artist: UserId,
    pub status: TrainingStatus,
    pub attempt: u16,
    /// Whether everybody may see it: trained, offered by its artist, not withdrawn by the platform.
    pub is_offered: bool,
    /// From when on it may be used.
    pub valid_from: DateTime<Utc>,
}

/// What an artist changes about a style. Absent: unchanged.
#[derive(Debug, Clone, Default)]
pub struct StyleUpdate {
    pub description: Option<StyleDescription>,
    /// New price, for requests made from now on.
    pub price: Option<GenerationPrice>,
    /// Offer it, or withdraw it.
    pub is_active: Option<bool>,
    /// New license, for images made from now on.
    pub license: Option<LicenseKind>,
    /// New end of its use; `Some(None)` removes it.
    pub valid_to: Option<Option<DateTime<Utc>>>,
}

impl StyleUpdate {
    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.description.is_none()
            && self.price.is_none()
            && self.is_active.is_none()
            && self.license.is_none()
            && self.valid_to.is_none()
    }
}

/// Styles and their images.
#[async_trait]
pub trait Styles: Send {
    /// Locks the artist's row; `None` when the account is no artist.
    async fn lock_artist(&mut self, artist: UserId) -> Result<Option<LockedArtist>, StorageError>;

    /// Stores a style with its dataset, images and tags. `None` when the artist has one of this name.
    async fn insert(&mut self, style: NewStyle) -> Result<Option<StyleId>, StorageError>;

    /// Locks a style.
    async fn lock(&mut self, style: StyleId) -> Result<Option<LockedStyle>, StorageError>;

    /// Applies the artist's change.
    async fn change(
        &mut self,
        style: StyleId,
        change: StyleUpdate,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;

    /// Starts a failed style's training anew, with a new task, as its first attempt.
    async fn restart_training(
        &mut self,
        style: StyleId,
        task_id: TaskId,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;
}

/// An upload whose first object is about to be stored.
#[derive(Debug, Clone)]
pub struct NewUpload {
    pub id: Uuid,
    pub owner: UserId,
    /// Every object's key starts with this.
    pub prefix: String,
    pub now: DateTime<Utc>,
}

/// Uploads in progress.
#[async_trait]
pub trait Uploads: Send {
    /// Notes an upload, to be committed before the first object is stored.
    async fn begin(&mut self, upload: NewUpload) -> Result<(), StorageError>;

    /// Marks an upload as arrived. False when the sweep was faster: its objects are gone.
    async fn finish(&mut self, id: Uuid) -> Result<bool, StorageError>;
}
