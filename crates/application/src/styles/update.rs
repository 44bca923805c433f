//! Update of a trained style by its artist.

use domain::{
    StorageError, StyleId, UserId,
    styles::{StyleUpdate, StyleView, TrainingStatus},
};
use thiserror::Error;

use super::StyleService;
use crate::owner::require_owner;

#[derive(Debug, Error)]
pub enum UpdateStyleError {
    /// There is no such style, or the user cannot see it.
    #[error("there is no such style")]
    NotFound,
    #[error("the style belongs to another artist")]
    NotOwner,
    #[error("the style's training is {0:?}")]
    NotReady(TrainingStatus),
    /// `valid_to` is in the past, or not after `valid_from`.
    #[error("the style's license would end in the past")]
    InvalidValidTo,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl StyleService {
    /// Updates the user's own trained style. A new price or license applies to generations created from now on. A
    /// deactivated style is hidden from other users; its open generations continue.
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
        require_owner(
            (locked.artist_id, owner),
            locked.is_offered(),
            UpdateStyleError::NotOwner,
            UpdateStyleError::NotFound,
        )?;
        if locked.status != TrainingStatus::Completed {
            return Err(UpdateStyleError::NotReady(locked.status));
        }
        if change
            .valid_to
            .flatten()
            .is_some_and(|end| end <= now || end <= locked.valid_from)
        {
            return Err(UpdateStyleError::InvalidValidTo);
        }
        // An empty update does not change `updated_at`.
        if !change.is_empty() {
            unit.styles().change(style, change, now).await?;
        }
        // Commit first: the read below needs a connection, and the pool may have only this one.
        unit.commit().await?;
        self.queries.find(style).await?.ok_or(UpdateStyleError::NotFound)
    }
}
