//! Generations: creation, cancellation, image updates, reports of workers.

mod create;
mod reports;

use std::sync::Arc;

use domain::{
    GenerationId, StorageError, UserId,
    clock::{Clock, Ids},
    generations::{
        GenerationQueries, GenerationStatus, GenerationView, ImageUpdate, OwnerCancel, Settlements,
    },
    unit_of_work::UnitOfWorkFactory,
};
use thiserror::Error;

pub use create::{CreateGenerationError, CreatedGeneration, NewGeneration};
pub use reports::{Failure, InferenceReports};

use crate::{owner::require_owner, workers::TaskWriter};

#[derive(Debug, Error)]
pub enum CancelError {
    /// There is no such generation, or the user does not own it.
    #[error("there is no such generation")]
    NotFound,
    /// A worker processes it, or it is settled.
    #[error("the generation is {0:?}")]
    TooLate(GenerationStatus),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

#[derive(Debug, Error)]
pub enum UpdateImageError {
    /// There is no such generation, or the user cannot see it.
    #[error("there is no such generation")]
    NotFound,
    #[error("the image belongs to another user")]
    NotOwner,
    /// There is no image yet.
    #[error("the generation is {0:?}")]
    NotCompleted(GenerationStatus),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The use cases of generations.
#[derive(Clone)]
pub struct GenerationService {
    pub queries: Arc<dyn GenerationQueries>,
    pub settlements: Arc<dyn Settlements>,
    pub units: Arc<dyn UnitOfWorkFactory>,
    pub tasks: TaskWriter,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// Wakes the relay.
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

impl GenerationService {
    /// Cancels a generation that no worker processes and releases its tokens.
    pub async fn cancel(
        &self,
        generation: GenerationId,
        owner: UserId,
    ) -> Result<GenerationView, CancelError> {
        let cancel = OwnerCancel {
            generation,
            owner,
            now: self.clock.now(),
        };
        let settled = self
            .settlements
            .cancel(cancel)
            .await?
            .ok_or(CancelError::NotFound)?;
        if !settled.applied {
            return Err(CancelError::TooLate(settled.before));
        }
        self.queries
            .view(generation, Some(owner))
            .await?
            .ok_or(CancelError::NotFound)
    }

    /// Updates an image's caption and whether it is public.
    pub async fn update_image(
        &self,
        generation: GenerationId,
        owner: UserId,
        change: ImageUpdate,
    ) -> Result<GenerationView, UpdateImageError> {
        let mut unit = self.units.begin().await?;
        let locked = unit
            .generations()
            .lock(generation)
            .await?
            .ok_or(UpdateImageError::NotFound)?;
        let (request, image) = locked;
        require_owner(
            (request.user_id, owner),
            image.is_some_and(|image| image.is_public),
            UpdateImageError::NotOwner,
            UpdateImageError::NotFound,
        )?;
        if request.status != GenerationStatus::Completed {
            return Err(UpdateImageError::NotCompleted(request.status));
        }
        // An empty update does not change `updated_at`.
        if !change.is_empty() {
            unit.generations()
                .update_image(generation, change, self.clock.now())
                .await?;
        }
        // Commit first: the read below needs a connection, and the pool may have only this one.
        unit.commit().await?;
        self.queries
            .view(generation, Some(owner))
            .await?
            .ok_or(UpdateImageError::NotFound)
    }
}
