//! The outbox as the relay sees it: leases, due messages, what became of them.
//!
//! No row stays locked while the relay publishes; the lease alone decides who publishes a topic.

mod enqueue;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    StorageError,
    workers::{DueMessage, OutboxQueue, OutboxStatus, OutboxTopic},
};
use sea_orm::QueryResult;
use uuid::Uuid;

use crate::{pool::PgStore, row::ReadRow};

/// Taking or renewing the lease and reading what is due are one statement: whoever does not get it reads nothing.
const LEASE_AND_FETCH: &str = "
WITH lease AS (
  UPDATE relay_leases SET holder = $2, until = $4 WHERE topic = $1 AND (holder = $2 OR until <= $3) RETURNING topic
)
SELECT m.id, m.message_id, m.subject_id, m.payload, m.attempts
  FROM lease JOIN outbox_messages m ON m.topic = lease.topic
 WHERE m.parked_at IS NULL AND m.available_at <= $3
 ORDER BY m.available_at, m.id LIMIT $5";

/// Rows locked by a settlement that drops the message are left to it, and the rest is locked in order: overlapping
/// bulk deletes would deadlock.
const CONFIRM: &str = "
DELETE FROM outbox_messages
 WHERE id IN (SELECT id FROM outbox_messages WHERE id = ANY ($1) ORDER BY id FOR UPDATE SKIP LOCKED)";

/// What is to be sent later is no backlog.
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
        // Asked again on a broken connection: the holder may always renew its own lease.
        let rows = self.read_all(LEASE_AND_FETCH, values).await?;
        rows.iter().map(due_message).collect()
    }

    async fn release_lease(&self, topic: OutboxTopic, holder: Uuid) -> Result<(), StorageError> {
        let sql =
            "UPDATE relay_leases SET holder = NULL, until = '-infinity' WHERE topic = $1 AND holder = $2";
        self.write(sql, vec![topic.as_str().into(), holder.into()])
            .await?;
        Ok(())
    }

    async fn confirm(&self, ids: Vec<i64>) -> Result<(), StorageError> {
        self.write(CONFIRM, vec![ids.into()]).await?;
        Ok(())
    }

    async fn refuse(
        &self,
        id: i64,
        reason: &str,
        now: DateTime<Utc>,
        retry_at: DateTime<Utc>,
        park: bool,
    ) -> Result<(), StorageError> {
        let sql = "
            UPDATE outbox_messages
               SET attempts = attempts + 1, last_error = $2, available_at = $3,
                   parked_at = CASE WHEN $4 THEN $5::timestamptz END
             WHERE id = $1";
        let values = vec![id.into(), reason.into(), retry_at.into(), park.into(), now.into()];
        self.write(sql, values).await?;
        Ok(())
    }

    async fn status(&self, now: DateTime<Utc>) -> Result<Vec<OutboxStatus>, StorageError> {
        let rows = self.read_all(STATUS, vec![now.into()]).await?;
        rows.iter().map(status_of_topic).collect()
    }
}

impl PgStore {
    /// Makes every message that was set aside due again at `now`, with all its tries; returns how many.
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
