//! Retention: deletes old rows, in SQL statements that are bounded and skip locked rows.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{StorageError, operations::Retention};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{error::storage_error, pool::PgStore, row::ReadRow, styles::entity::upload};

/// Clears the owner, so that the upload can no longer be finished: its objects are about to be deleted. Skips an upload
/// that is being finished.
const STALE_UPLOADS: &str = "
UPDATE uploads SET owner_id = NULL
 WHERE id IN (SELECT id FROM uploads WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id";

#[async_trait]
impl Retention for PgStore {
    async fn claim_stale_uploads(
        &self,
        before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Uuid>, StorageError> {
        let rows = self
            .read_all(STALE_UPLOADS, vec![before.into(), limit.into()])
            .await?;
        rows.iter().map(|row| row.get("id")).collect()
    }

    async fn claim_upload(&self, id: Uuid) -> Result<bool, StorageError> {
        let update = upload::Entity::update_many()
            .set(upload::ActiveModel {
                owner_id: Set(None),
                ..Default::default()
            })
            .filter(upload::Column::Id.eq(id));
        let updated = update.exec(self.db()).await.map_err(storage_error)?;
        Ok(updated.rows_affected == 1)
    }

    async fn delete_upload(&self, id: Uuid) -> Result<(), StorageError> {
        let delete = upload::Entity::delete_by_id(id);
        delete.exec(self.db()).await.map(drop).map_err(storage_error)
    }

    async fn delete_failed_generations(
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

    async fn delete_read_notifications(
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

    async fn delete_expired_sessions(&self, before: DateTime<Utc>) -> Result<u64, StorageError> {
        // Bounded, so that a large backlog is deleted in several rounds and not by one statement that times out.
        let sql = "
            DELETE FROM sessions
             WHERE id_hash IN (SELECT id_hash FROM sessions WHERE expires_at < $1
                                ORDER BY expires_at LIMIT 10000 FOR UPDATE SKIP LOCKED)";
        self.write(sql, vec![before.into()]).await
    }
}
