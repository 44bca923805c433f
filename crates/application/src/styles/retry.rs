//! Retry of a failed training by its owner.

use domain::{
    StorageError, StyleId, TaskId, UserId,
    styles::{TrainingEvent, TrainingStatus},
    workers::{NewMessage, Topic},
};
use thiserror::Error;

use super::StyleService;
use crate::{
    owner::require_owner,
    workers::{TaskStamp, TrainingTask},
};

#[derive(Debug, Error)]
pub enum RetryError {
    /// There is no such style, or the user cannot see it.
    #[error("there is no such style")]
    NotFound,
    #[error("the style belongs to another artist")]
    NotOwner,
    #[error("the style's training is {0:?}")]
    NotFailed(TrainingStatus),
    #[error("the artist has {max} styles that have not failed")]
    LimitReached { max: i64 },
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl StyleService {
    /// Restarts a failed training as its first attempt.
    pub async fn retry_training(&self, style: StyleId, owner: UserId) -> Result<(), RetryError> {
        let brief = self
            .queries
            .training_brief(style)
            .await?
            .ok_or(RetryError::NotFound)?;
        let mut unit = self.units.begin().await?;
        let unfailed_styles = unit.styles().lock_artist(owner).await?;
        let locked = unit.styles().lock(style).await?.ok_or(RetryError::NotFound)?;
        require_owner(
            (locked.artist_id, owner),
            locked.is_offered(),
            RetryError::NotOwner,
            RetryError::NotFound,
        )?;
        locked
            .status
            .apply(TrainingEvent::OwnerRetry)
            .map_err(|error| RetryError::NotFailed(error.from))?;
        if unfailed_styles.is_none_or(|count| count >= self.max_styles) {
            return Err(RetryError::LimitReached { max: self.max_styles });
        }
        let now = self.clock.now();
        let task_id = TaskId(self.ids.uuid());
        let task = TrainingTask {
            style,
            images: &brief.images,
            tags: &brief.tags,
        };
        let message = NewMessage {
            task_id,
            topic: Topic::ModelTraining,
            subject_id: style.0,
            payload: self.tasks.training(
                task,
                TaskStamp {
                    task_id,
                    attempt: 1,
                    now,
                },
            ),
            send_at: now,
            now,
        };
        unit.styles().restart_training(style, task_id, now).await?;
        unit.outbox().delete_unsent(Topic::ModelTraining, style.0).await?;
        unit.outbox().enqueue(message).await?;
        unit.commit().await?;
        Ok(())
    }
}
