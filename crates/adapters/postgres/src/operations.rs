//! Removes what is no longer needed.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    StorageError,
    operations::{Housekeeping, StaleUpload},
};
use uuid::Uuid;

use crate::{pool::PgStore, row::ReadRow};

/// Takes the upload from its owner, who can then no longer finish it: its objects are about to be deleted. One that
/// is being finished right now is left alone.
const STALE_UPLOADS: &str = "
UPDATE uploads SET owner_id = NULL
 WHERE id IN (SELECT id FROM uploads WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id, prefix";

#[async_trait]
impl Housekeeping for PgStore {
    async fn stale_uploads(
        &self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<StaleUpload>, StorageError> {
        let rows = self
            .read_all(STALE_UPLOADS, vec![before.into(), limit.into()])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(StaleUpload {
                    id: row.get("id")?,
                    prefix: row.get("prefix")?,
                })
            })
            .collect()
    }

    async fn take_upload(&self, id: Uuid) -> Result<bool, StorageError> {
        let sql = "UPDATE uploads SET owner_id = NULL WHERE id = $1";
        Ok(self.write(sql, vec![id.into()]).await? == 1)
    }

    async fn forget_upload(&self, id: Uuid) -> Result<(), StorageError> {
        self.write("DELETE FROM uploads WHERE id = $1", vec![id.into()])
            .await?;
        Ok(())
    }

    async fn remove_failed_generations(
        &self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<u64, StorageError> {
        let sql = "
            DELETE FROM generation_requests
             WHERE id IN (SELECT id FROM generation_requests
                           WHERE status IN ('failed', 'canceled') AND settled_at < $1
                           ORDER BY settled_at LIMIT $2 FOR UPDATE SKIP LOCKED)";
        self.write(sql, vec![before.into(), limit.into()]).await
    }

    async fn remove_read_notifications(
        &self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<u64, StorageError> {
        let sql = "
            DELETE FROM notifications
             WHERE id IN (SELECT id FROM notifications WHERE is_read AND read_at < $1
                           ORDER BY read_at LIMIT $2 FOR UPDATE SKIP LOCKED)";
        self.write(sql, vec![before.into(), limit.into()]).await
    }

    async fn remove_sessions(&self, before: DateTime<Utc>) -> Result<u64, StorageError> {
        // Bounded, so that a neglected table is cleared in rounds and not by one statement that is cut off.
        let sql = "
            DELETE FROM sessions
             WHERE id_hash IN (SELECT id_hash FROM sessions WHERE expires_at < $1
                                ORDER BY expires_at LIMIT 10000 FOR UPDATE SKIP LOCKED)";
        self.write(sql, vec![before.into()]).await
    }
}
