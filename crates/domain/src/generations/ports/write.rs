//! Changes by the owner of a generation, written in a unit of work.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    GenerationId, StorageError, UserId,
    generations::{Caption, GenerationStatus},
};

/// A request whose row is locked.
#[derive(Debug, Clone)]
pub struct LockedImage {
    pub owner: UserId,
    pub status: GenerationStatus,
    /// Whether anybody may see it.
    pub is_public: bool,
}

/// What an owner changes about an image. Absent: unchanged.
#[derive(Debug, Clone, Default)]
pub struct ImageUpdate {
    /// Show it to everybody, or to nobody else.
    pub is_public: Option<bool>,
    /// New caption; `Some(None)` removes it.
    pub caption: Option<Option<Caption>>,
}

impl ImageUpdate {
    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.is_public.is_none() && self.caption.is_none()
    }
}

/// Requests and images.
#[async_trait]
pub trait Generations: Send {
    /// Locks a request.
    async fn lock(&mut self, generation: GenerationId) -> Result<Option<LockedImage>, StorageError>;

    /// Applies the owner's change; shows or hides the image's post.
    async fn update_image(
        &mut self,
        generation: GenerationId,
        change: ImageUpdate,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;
}
