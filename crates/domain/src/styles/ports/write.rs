//! Styles and their images, written in a unit of work.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    ObjectAddress, StorageError, StyleId, TaskId, UserId,
    styles::{
        GenerationPrice, LicenseKind, StyleDescription, StyleModel, StyleName, TagName, TrainingDataset,
    },
};

/// An artist whose row is locked until the end of the transaction, so that concurrent uploads cannot exceed the limit.
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
    /// Public bucket, already stored.
    pub thumbnail: ObjectAddress,
    pub tags: Vec<TagName>,
    pub dataset: TrainingDataset,
    pub task_id: TaskId,
    pub now: DateTime<Utc>,
}

/// Changes of a style by its artist. Absent: unchanged.
#[derive(Debug, Clone, Default)]
pub struct StyleUpdate {
    pub description: Option<StyleDescription>,
    /// For generations created from now on.
    pub price: Option<GenerationPrice>,
    pub is_active: Option<bool>,
    /// For generations created from now on.
    pub license: Option<LicenseKind>,
    /// New end of the license; `Some(None)` removes it.
    pub valid_to: Option<Option<DateTime<Utc>>>,
}

impl StyleUpdate {
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
    /// Locks the artist's row. `None` when the user is not an artist.
    async fn lock_artist(&mut self, artist: UserId) -> Result<Option<LockedArtist>, StorageError>;

    /// Stores a style with its dataset, images and tags. `None` when the artist already has a style of this name.
    async fn insert(&mut self, style: NewStyle) -> Result<Option<StyleId>, StorageError>;

    /// Locks a style until the end of the transaction.
    async fn lock(&mut self, style: StyleId) -> Result<Option<StyleModel>, StorageError>;

    async fn change(
        &mut self,
        style: StyleId,
        change: StyleUpdate,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;

    /// Restarts a failed training with a new task, as its first attempt.
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
    /// Key prefix of its objects in the private bucket.
    pub prefix: String,
    pub now: DateTime<Utc>,
}

/// Uploads in progress.
#[async_trait]
pub trait Uploads: Send {
    /// Records an upload. Must be committed before the first object is stored.
    async fn begin(&mut self, upload: NewUpload) -> Result<(), StorageError>;

    /// Marks an upload as finished. False when the retention job has claimed it: its objects are deleted.
    async fn finish(&mut self, id: Uuid) -> Result<bool, StorageError>;
}
