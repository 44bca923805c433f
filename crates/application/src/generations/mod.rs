//! Generations: asking for an image, showing it, withdrawing the request; and what workers report.

mod create;
mod reports;

use std::sync::Arc;

use domain::{
    GenerationId, StorageError, UserId,
    clock::{Clock, Ids},
    generations::{
        FeedFilter, FeedItem, GenerationQueries, GenerationStatus, GenerationView, ImageUpdate,
        OwnGeneration, OwnGenerationFilter, OwnerCancel, Settlements,
    },
    page::{Page, PageRequest},
    unit_of_work::UnitOfWorkFactory,
};
use thiserror::Error;

pub use create::{CreateGenerationError, CreatedGeneration, NewGeneration};
pub use reports::{Failure, GenerationReport, InferenceReports};

use crate::workers::TaskWriter;

/// Why a request could not be withdrawn.
#[derive(Debug, Error)]
pub enum CancelError {
    /// There is no such request for this person.
    #[error("there is no such generation")]
    NotFound,
    /// A worker is at it, or it is settled.
    #[error("the generation is {0:?}")]
    TooLate(GenerationStatus),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why an image could not be changed.
#[derive(Debug, Error)]
pub enum UpdateImageError {
    /// There is no such request, or no such public image of somebody else.
    #[error("there is no such generation")]
    NotFound,
    /// It is somebody else's.
    #[error("the image belongs to somebody else")]
    NotOwner,
    /// There is no image yet.
    #[error("the generation is {0:?}")]
    NotCompleted(GenerationStatus),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Keeps requests and images.
#[derive(Clone)]
pub struct GenerationService {
    pub queries: Arc<dyn GenerationQueries>,
    pub settlements: Arc<dyn Settlements>,
    pub units: Arc<dyn UnitOfWorkFactory>,
    pub tasks: TaskWriter,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

impl GenerationService {
    /// A request as `viewer` may see it.
    pub async fn view(
        &self,
        generation: GenerationId,
        viewer: Option<UserId>,
    ) -> Result<Option<GenerationView>, StorageError> {
        self.queries.view(generation, viewer).await
    }

    /// A page of a person's own requests.
    pub async fn mine(
        &self,
        user: UserId,
        filter: OwnGenerationFilter,
        page: PageRequest,
    ) -> Result<Page<OwnGeneration>, StorageError> {
        self.queries.mine(user, filter, page).await
    }

    /// A page of public images.
    pub async fn feed(
        &self,
        filter: FeedFilter,
        viewer: Option<UserId>,
        page: PageRequest,
    ) -> Result<Page<FeedItem>, StorageError> {
        self.queries.feed(filter, viewer, page).await
    }

    /// Withdraws a request that no worker is at; its tokens go back.
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

    /// Changes an image's caption, shows it to everybody or to nobody else.
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
        if locked.owner != owner {
            // Whoever may not see an image is not told that it exists.
            return Err(if locked.is_public {
                UpdateImageError::NotOwner
            } else {
                UpdateImageError::NotFound
            });
        }
        if locked.status != GenerationStatus::Completed {
            return Err(UpdateImageError::NotCompleted(locked.status));
        }
        // A change of nothing is no new version.
        if !change.is_empty() {
            unit.generations()
                .update_image(generation, change, self.clock.now())
                .await?;
        }
        // Always: the read below needs a connection, and the pool may have only this one.
        unit.commit().await?;
        self.queries
            .view(generation, Some(owner))
            .await?
            .ok_or(UpdateImageError::NotFound)
    }
}
