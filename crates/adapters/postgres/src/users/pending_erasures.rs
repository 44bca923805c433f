//! Pending erasures and their open generations, as keyset lists.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    GenerationId, StorageError, UserId,
    users::{ErasureQueries, OpenGeneration, PendingErasure},
};

use crate::{pool::PgStore, row::ReadRow};

const PENDING: &str = "
SELECT id, erasure_requested_at FROM users
 WHERE erasure_requested_at <= $1 AND ($2::timestamptz IS NULL OR (erasure_requested_at, id) > ($2, $3))
 ORDER BY erasure_requested_at, id LIMIT $4";

const OPEN_GENERATIONS: &str = "
SELECT id, attempt FROM generation_requests
 WHERE user_id = $1 AND status IN ('queued', 'processing', 'retrying') ORDER BY id LIMIT $2";

#[async_trait]
impl ErasureQueries for PgStore {
    async fn pending(
        &self,
        before: DateTime<Utc>,
        after: Option<PendingErasure>,
        limit: i64,
    ) -> Result<Vec<PendingErasure>, StorageError> {
        let values = vec![
            before.into(),
            after.map(|after| after.requested_at).into(),
            after.map(|after| after.user.0).into(),
            limit.into(),
        ];
        let rows = self.read_all(PENDING, values).await?;
        rows.iter()
            .map(|row| {
                Ok(PendingErasure {
                    user: UserId(row.get("id")?),
                    requested_at: row.get("erasure_requested_at")?,
                })
            })
            .collect()
    }

    async fn open_generations(&self, user: UserId, limit: i64) -> Result<Vec<OpenGeneration>, StorageError> {
        let values = vec![user.0.into(), limit.into()];
        let rows = self.read_all(OPEN_GENERATIONS, values).await?;
        rows.iter()
            .map(|row| {
                Ok(OpenGeneration {
                    id: GenerationId(row.get("id")?),
                    attempt: row.attempt("attempt")?,
                })
            })
            .collect()
    }
}
