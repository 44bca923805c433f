//! What erasures have to do.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    GenerationId, UserId,
    ports::{ErasureQueries, OpenRequest, StorageError},
};

use crate::{connect::PgStore, row::ReadRow};

const PENDING: &str = "
SELECT id FROM users WHERE erasure_requested_at <= $1 ORDER BY erasure_requested_at LIMIT $2";

const OPEN_REQUESTS: &str = "
SELECT id, attempt FROM generation_requests
 WHERE user_id = $1 AND status IN ('queued', 'processing', 'retrying') ORDER BY id LIMIT $2";

#[async_trait]
impl ErasureQueries for PgStore {
    async fn pending(&self, before: DateTime<Utc>, limit: i64) -> Result<Vec<UserId>, StorageError> {
        let rows = self.read_all(PENDING, vec![before.into(), limit.into()]).await?;
        rows.iter().map(|row| row.get("id").map(UserId)).collect()
    }

    async fn open_requests(&self, user: UserId, limit: i64) -> Result<Vec<OpenRequest>, StorageError> {
        let values = vec![user.0.into(), limit.into()];
        let rows = self.read_all(OPEN_REQUESTS, values).await?;
        rows.iter()
            .map(|row| {
                Ok(OpenRequest {
                    id: GenerationId(row.get("id")?),
                    attempt: row.attempt("attempt")?,
                })
            })
            .collect()
    }
}
