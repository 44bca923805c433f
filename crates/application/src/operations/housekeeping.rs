//! Removes what is no longer needed.

use std::{sync::Arc, time::Duration};

use domain::{StorageError, clock::Clock, operations::Housekeeping};

use crate::styles::UploadGuard;

/// Rows removed by one statement.
const BATCH: i64 = 500;

/// How long an expired session is kept, so that its owner reads "expired" and not "none".
const EXPIRED_SESSIONS_KEPT: Duration = Duration::from_hours(7 * 24);

/// How long a notification is kept after it was read.
const READ_NOTIFICATIONS_KEPT: Duration = Duration::from_hours(30 * 24);

/// Keeps the house clean.
pub struct Housekeeper {
    pub housekeeping: Arc<dyn Housekeeping>,
    pub uploads: UploadGuard,
    pub clock: Arc<dyn Clock>,
    /// How long failed requests are kept (`FAILED_GENERATION_DAYS`).
    pub failed_kept: Duration,
}

impl Housekeeper {
    /// One round. True when a batch was full, so that more is likely left.
    pub async fn round(&self) -> Result<bool, StorageError> {
        let now = self.clock.now();
        self.uploads.sweep(BATCH).await?;
        self.housekeeping
            .remove_sessions(now - EXPIRED_SESSIONS_KEPT)
            .await?;
        let removed = self
            .housekeeping
            .remove_failed_generations(now - self.failed_kept, BATCH)
            .await?;
        let read = self
            .housekeeping
            .remove_read_notifications(now - READ_NOTIFICATIONS_KEPT, BATCH)
            .await?;
        Ok(removed.max(read) >= BATCH.unsigned_abs())
    }
}
