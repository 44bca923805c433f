//! Styles: uploads, trainings, updates, reads.

mod reports;
mod retry;
mod update;
mod upload;
mod upload_images;
mod uploads;

use std::sync::Arc;

use domain::{
    StorageError, StyleId, UserId,
    clock::{Clock, Ids},
    styles::{StyleQueries, StyleView},
    unit_of_work::UnitOfWorkFactory,
};

pub use reports::TrainingReports;
pub use retry::RetryError;
pub use update::UpdateStyleError;
pub use upload::{CreateStyleError, CreatedStyle, IncomingImage, NewStyleUpload};
pub use uploads::{Upload, UploadGuard};

use crate::workers::TaskWriter;

/// The user who reads a style.
#[derive(Debug, Clone, Copy, Default)]
pub struct Viewer {
    /// `None` without a session.
    pub user: Option<UserId>,
    pub is_admin: bool,
}

/// The use cases of styles.
#[derive(Clone)]
pub struct StyleService {
    pub queries: Arc<dyn StyleQueries>,
    pub units: Arc<dyn UnitOfWorkFactory>,
    pub uploads: UploadGuard,
    pub tasks: TaskWriter,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// Maximum number of styles per artist that have not failed.
    pub max_styles: i64,
}

impl StyleService {
    /// A style, and whether `viewer` is its owner or an administrator. Only they can see unfinished, inactive and
    /// flagged styles.
    pub async fn find(
        &self,
        style: StyleId,
        viewer: Viewer,
    ) -> Result<Option<(StyleView, bool)>, StorageError> {
        let Some(found) = self.queries.find(style).await? else {
            return Ok(None);
        };
        let style = &found.card.style;
        let is_internal = viewer.is_admin || viewer.user == Some(style.artist_id);
        Ok((is_internal || style.is_offered()).then_some((found, is_internal)))
    }
}
