//! The retention job: deletes abandoned uploads, expired sessions, failed generations and read notifications.

use std::{sync::Arc, time::Duration};

use domain::{StorageError, clock::Clock, operations::Retention};

use crate::styles::UploadGuard;

/// Rows deleted by one statement.
const BATCH: i64 = 500;

/// Expired sessions are kept this long, so that responses can say "expired".
const EXPIRED_SESSION_RETENTION: Duration = Duration::from_hours(7 * 24);

/// Counted from the time a notification was read.
const READ_NOTIFICATION_RETENTION: Duration = Duration::from_hours(30 * 24);

/// Deletes data past its retention period.
pub struct RetentionJob {
    pub retention: Arc<dyn Retention>,
    pub uploads: UploadGuard,
    pub clock: Arc<dyn Clock>,
    /// `FAILED_GENERATION_DAYS`
    pub failed_generation_retention: Duration,
}

impl RetentionJob {
    /// One round. True when a batch was full, so that more rows are likely left.
    pub async fn round(&self) -> Result<bool, StorageError> {
        let now = self.clock.now();
        self.uploads.delete_stale(BATCH).await?;
        self.retention
            .delete_expired_sessions(now - EXPIRED_SESSION_RETENTION)
            .await?;
        let failed = self
            .retention
            .delete_failed_generations(now - self.failed_generation_retention, BATCH)
            .await?;
        let read = self
            .retention
            .delete_read_notifications(now - READ_NOTIFICATION_RETENTION, BATCH)
            .await?;
        Ok(failed.max(read) >= BATCH.unsigned_abs())
    }
}
