//! What an artist changes about a style that is sold.

use domain::{
    StorageError, StyleId, UserId,
    styles::{StyleUpdate, StyleView, TrainingStatus},
};
use thiserror::Error;

use super::StyleService;

/// Why a style was not changed.
#[derive(Debug, Error)]
pub enum UpdateStyleError {
    /// There is no such style for this person.
    #[error("there is no such style")]
    NotFound,
    /// The style belongs to somebody else, who offers it.
    #[error("the style belongs to another artist")]
    NotOwner,
    /// It is not trained yet.
    #[error("the style's training is {0:?}")]
    NotReady(TrainingStatus),
    /// Its use would end before now, or before it begins.
    #[error("the style's use would end in the past")]
    EndsBefore,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl StyleService {
    /// Changes one's own trained style. A new price and a new license count for requests made from now on; a withdrawn
    /// style is shown to nobody else, and what was asked for before is still made.
    pub async fn change(
        &self,
        style: StyleId,
        owner: UserId,
        change: StyleUpdate,
    ) -> Result<StyleView, UpdateStyleError> {
        let now = self.clock.now();
        let mut unit = self.units.begin().await?;
        let locked = unit
            .styles()
            .lock(style)
            .await?
            .ok_or(UpdateStyleError::NotFound)?;
        if locked.artist != owner {
            // Whoever may not see a style is not told that it exists.
            return Err(if locked.is_offered {
                UpdateStyleError::NotOwner
            } else {
                UpdateStyleError::NotFound
            });
        }
        if locked.status != TrainingStatus::Completed {
            return Err(UpdateStyleError::NotReady(locked.status));
        }
        if change
            .valid_to
            .flatten()
            .is_some_and(|end| end <= now || end <= locked.valid_from)
        {
            return Err(UpdateStyleError::EndsBefore);
        }
        // A change of nothing is no new version.
        if !change.is_empty() {
            unit.styles().change(style, change, now).await?;
        }
        // Always: the read below needs a connection, and the pool may have only this one.
        unit.commit().await?;
        self.queries.find(style).await?.ok_or(UpdateStyleError::NotFound)
    }
}
