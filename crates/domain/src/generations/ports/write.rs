//! Changes by the owner of a generation, written in a unit of work.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    GenerationId, StorageError,
    generations::{Caption, GeneratedImage, GenerationRequest},
};

/// Changes of an image by its owner. Absent: unchanged.
#[derive(Debug, Clone, Default)]
pub struct ImageUpdate {
    pub is_public: Option<bool>,
    /// New caption; `Some(None)` removes it.
    pub caption: Option<Option<Caption>>,
}

impl ImageUpdate {
    pub fn is_empty(&self) -> bool {
        self.is_public.is_none() && self.caption.is_none()
    }
}

/// Generations and their images.
#[async_trait]
pub trait Generations: Send {
    /// Locks a generation until the end of the transaction.
    async fn lock(
        &mut self,
        generation: GenerationId,
    ) -> Result<Option<(GenerationRequest, Option<GeneratedImage>)>, StorageError>;

    /// Applies the owner's change and shows or hides the image's post.
    async fn update_image(
        &mut self,
        generation: GenerationId,
        change: ImageUpdate,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError>;
}
