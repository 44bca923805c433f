//! Styles: uploading, training, showing.

mod reports;
mod retry;
mod update;
mod upload;
mod uploads;

use std::sync::Arc;

use domain::{
    StorageError, StyleId, UserId,
    clock::{Clock, Ids},
    page::{Page, PageRequest},
    styles::{OwnStyle, StyleCard, StyleFilter, StyleQueries, StyleView, TrainingStatus},
    unit_of_work::UnitOfWorkFactory,
};

pub use reports::{TrainingReport, TrainingReports};
pub use retry::RetryError;
pub use update::UpdateStyleError;
pub use upload::{CreateStyleError, CreatedStyle, IncomingImage, NewStyleUpload};
pub use uploads::{Upload, UploadGuard};

use crate::workers::TaskWriter;

/// Who looks at a style.
#[derive(Debug, Clone, Copy, Default)]
pub struct Viewer {
    /// The account; none without a session.
    pub user: Option<UserId>,
    /// Whether it runs the platform.
    pub is_admin: bool,
}

/// Keeps styles.
#[derive(Clone)]
pub struct StyleService {
    pub queries: Arc<dyn StyleQueries>,
    pub units: Arc<dyn UnitOfWorkFactory>,
    pub uploads: UploadGuard,
    pub tasks: TaskWriter,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub max_styles: i64,
}

impl StyleService {
    /// A page of styles anybody may use; with `unfinished_of`, that artist's unfinished ones too.
    pub async fn list(
        &self,
        filter: StyleFilter,
        page: PageRequest,
    ) -> Result<Page<StyleCard>, StorageError> {
        self.queries.list(filter, page).await
    }

    /// A style as `viewer` may see it; and whether the viewer is shown what only its owner and admins see. Unfinished,
    /// withdrawn and flagged styles exist for those alone.
    pub async fn find(
        &self,
        style: StyleId,
        viewer: Viewer,
    ) -> Result<Option<(StyleView, bool)>, StorageError> {
        let Some(found) = self.queries.find(style).await? else {
            return Ok(None);
        };
        let inside = viewer.is_admin || viewer.user == Some(found.card.artist.id);
        let offered = found.is_active && !found.is_flagged && found.card.status == TrainingStatus::Completed;
        Ok((inside || offered).then_some((found, inside)))
    }

    /// A page of an artist's own styles.
    pub async fn mine(&self, artist: UserId, page: PageRequest) -> Result<Page<OwnStyle>, StorageError> {
        self.queries.mine(artist, page).await
    }
}
