//! A failed training is tried again by its owner.

use domain::{
    StorageError, StyleId, TaskId, UserId,
    styles::{TrainingEvent, TrainingStatus},
    workers::{NewMessage, Topic},
};
use thiserror::Error;

use super::StyleService;
use crate::workers::{TaskStamp, TrainingTask};

/// Why a training was not started anew.
#[derive(Debug, Error)]
pub enum RetryError {
    /// There is no such style for this person.
    #[error("there is no such style")]
    NotFound,
    /// The style belongs to somebody else, who offers it.
    #[error("the style belongs to another artist")]
    NotOwner,
    /// The training did not fail: it waits, runs, or is done.
    #[error("the style's training is {0:?}")]
    NotFailed(TrainingStatus),
    /// The artist has as many styles as allowed without this one.
    #[error("the artist has {max} styles that have not failed")]
    LimitReached { max: i64 },
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl StyleService {
    /// Starts a failed training anew, as its first attempt.
    pub async fn retry_training(&self, style: StyleId, owner: UserId) -> Result<(), RetryError> {
        let brief = self
            .queries
            .training_brief(style)
            .await?
            .ok_or(RetryError::NotFound)?;
        let mut unit = self.units.begin().await?;
        let artist = unit.styles().lock_artist(owner).await?;
        let locked = unit.styles().lock(style).await?.ok_or(RetryError::NotFound)?;
        if locked.artist != owner {
            // Whoever may not see a style is not told that it exists.
            return Err(if locked.is_offered {
                RetryError::NotOwner
            } else {
                RetryError::NotFound
            });
        }
        locked
            .status
            .apply(TrainingEvent::OwnerRetry)
            .map_err(|refusal| RetryError::NotFailed(refusal.from))?;
        if artist.is_none_or(|artist| artist.unfailed_styles >= self.max_styles) {
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
        unit.outbox().drop_unsent(Topic::ModelTraining, style.0).await?;
        unit.outbox().enqueue(message).await?;
        unit.commit().await?;
        Ok(())
    }
}
