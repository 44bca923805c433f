//! The outbox for the relay: leases, due messages, confirmed and refused messages.
//!
//! No row stays locked while the relay publishes. The lease alone decides which server publishes a topic.

mod enqueue;
pub(crate) mod entity;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    StorageError,
    workers::{DueMessage, OutboxQueue, OutboxStatus, OutboxTopic},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryResult, sea_query::Expr,
};
use uuid::Uuid;

use self::entity::message;
use crate::{error::storage_error, pool::PgStore, row::ReadRow};

/// Acquires or renews the lease and reads the due messages in one statement. Without the lease it returns no rows.
const LEASE_AND_FETCH: &str = "
WITH lease AS (
  UPDATE relay_leases SET holder = $2, until = $4 WHERE topic = $1 AND (holder = $2 OR until <= $3) RETURNING topic
)
SELECT m.id, m.message_id, m.subject_id, m.payload, m.attempts
  FROM lease JOIN outbox_messages m ON m.topic = lease.topic
 WHERE m.parked_at IS NULL AND m.available_at <= $3
 ORDER BY m.available_at, m.id LIMIT $5";

/// Skips rows that a settlement has locked to delete them, and locks the others in order, because overlapping bulk
/// deletes could deadlock.
const CONFIRM: &str = "
DELETE FROM outbox_messages
 WHERE id IN (SELECT id FROM outbox_messages WHERE id = ANY ($1) ORDER BY id FOR UPDATE SKIP LOCKED)";

/// Messages that are scheduled for later do not count as pending.
const STATUS: &str = "
SELECT l.topic,
       count(m.id) FILTER (WHERE m.parked_at IS NULL AND m.available_at <= $1) AS pending,
       COALESCE(extract(epoch FROM $1 - min(m.available_at)
         FILTER (WHERE m.parked_at IS NULL AND m.available_at <= $1)), 0)::bigint AS oldest_seconds,
       count(m.id) FILTER (WHERE m.parked_at IS NOT NULL) AS parked
  FROM relay_leases l LEFT JOIN outbox_messages m ON m.topic = l.topic
 GROUP BY l.topic ORDER BY l.topic";

#[async_trait]
impl OutboxQueue for PgStore {
    async fn lease_and_fetch(
        &self,
        topic: OutboxTopic,
        holder: Uuid,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<DueMessage>, StorageError> {
        let values = vec![
            topic.as_str().into(),
            holder.into(),
            now.into(),
            until.into(),
            limit.into(),
        ];
        // Retried on a broken connection, because the holder can always renew its own lease.
        let rows = self.read_all(LEASE_AND_FETCH, values).await?;
        rows.iter().map(due_message).collect()
    }

    /// SQL because chrono has no `-infinity`.
    async fn release_lease(&self, topic: OutboxTopic, holder: Uuid) -> Result<(), StorageError> {
        let sql =
            "UPDATE relay_leases SET holder = NULL, until = '-infinity' WHERE topic = $1 AND holder = $2";
        self.write(sql, vec![topic.as_str().into(), holder.into()])
            .await?;
        Ok(())
    }

    async fn confirm(&self, ids: Vec<i64>) -> Result<(), StorageError> {
        self.write(CONFIRM, vec![ids.into()]).await.map(drop)
    }

    async fn refuse(
        &self,
        id: i64,
        reason: &str,
        now: DateTime<Utc>,
        retry_at: DateTime<Utc>,
        park: bool,
    ) -> Result<(), StorageError> {
        let change = message::ActiveModel {
            last_error: Set(Some(reason.to_owned())),
            available_at: Set(retry_at),
            parked_at: Set(park.then_some(now)),
            ..Default::default()
        };
        let update = message::Entity::update_many()
            .set(change)
            .col_expr(
                message::Column::Attempts,
                Expr::col(message::Column::Attempts).add(1),
            )
            .filter(message::Column::Id.eq(id));
        update.exec(self.db()).await.map(drop).map_err(storage_error)
    }

    async fn status(&self, now: DateTime<Utc>) -> Result<Vec<OutboxStatus>, StorageError> {
        let rows = self.read_all(STATUS, vec![now.into()]).await?;
        rows.iter().map(status_of_topic).collect()
    }
}

impl PgStore {
    /// Makes all parked messages due at `now`, with all their attempts again. Returns how many.
    ///
    /// # Errors
    /// [`StorageError`] when the database fails.
    pub async fn retry_parked(&self, now: DateTime<Utc>) -> Result<u64, StorageError> {
        let sql = "
            UPDATE outbox_messages SET attempts = 0, parked_at = NULL, available_at = $1
             WHERE id IN (SELECT id FROM outbox_messages WHERE parked_at IS NOT NULL ORDER BY id
                          FOR UPDATE SKIP LOCKED)";
        self.write(sql, vec![now.into()]).await
    }
}

fn due_message(row: &QueryResult) -> Result<DueMessage, StorageError> {
    Ok(DueMessage {
        id: row.get("id")?,
        task_id: row.task_id("message_id")?,
        subject_id: row.get("subject_id")?,
        payload: row.get("payload")?,
        attempts: row.get("attempts")?,
    })
}

fn status_of_topic(row: &QueryResult) -> Result<OutboxStatus, StorageError> {
    Ok(OutboxStatus {
        topic: row.get("topic")?,
        pending: row.get("pending")?,
        oldest_seconds: row.get("oldest_seconds")?,
        parked: row.get("parked")?,
    })
}
