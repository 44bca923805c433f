//! Styles and their images, written in a unit of work.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    ObjectAddress, StorageError, StyleId, TaskId, UserId,
    styles::{StyleDraft, StyleModel, StyleUpdate, TagName, TrainingDataset},
};

/// A style to store.
#[derive(Debug, Clone)]
pub struct NewStyle {
    pub artist: UserId,
    pub draft: StyleDraft,
    /// Public bucket, already stored.
    pub thumbnail: ObjectAddress,
    pub tags: Vec<TagName>,
    pub dataset: TrainingDataset,
    pub task_id: TaskId,
    pub now: DateTime<Utc>,
}

/// Styles and their images.
#[async_trait]
pub trait Styles: Send {
    /// Locks the artist until the end of the transaction, so that concurrent uploads cannot exceed the limit. Returns the
    /// number of styles that have not failed; `None` when the user is not an artist.
    async fn lock_artist(&mut self, artist: UserId) -> Result<Option<i64>, StorageError>;

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
