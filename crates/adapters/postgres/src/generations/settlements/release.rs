//! Release: fails or cancels the generation and releases its tokens.

use domain::{
    StorageError,
    generations::{GenerationEvent, GenerationStatus, OwnerCancel, Release},
    workers::Transition,
};
use sea_orm::Value;

use crate::generations::settlements::{allowing, settle};
use crate::pool::PgStore;
use crate::transition::{cause_values, null_time, task_value};

/// `$2` names the caller, which decides the guard: the owner, a worker whose failure counts, the deadline job after a missing
/// heartbeat, or the erasure of the account. An unknown caller changes nothing.
const RELEASE: &str = "
WITH updated AS (
  UPDATE generation_requests
     SET status = $8, progress = NULL, error_code = $9::text, error_message = $10::text, version = version + 1,
         updated_at = $11, settled_at = $11
   WHERE id = $1 AND status = ANY ($7) AND ($6::integer IS NULL OR attempt = $6)
     AND CASE $2
           WHEN 'owner' THEN user_id = $3::bigint
           WHEN 'account' THEN true
           WHEN 'deadline' THEN last_heartbeat_at <= $5::timestamptz
           WHEN 'worker' THEN task_id = $4::uuid
             OR ($4::uuid IS NULL AND (status = 'queued' OR taken_at IS NOT NULL)) END
  RETURNING id, user_id, style_id, consumed_tokens, task_id
), entry AS (
  INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, credit_user_id,
    generation_id, style_id, created_at)
  SELECT 'settle:' || id, 'release', consumed_tokens, 'held', user_id, 'available', user_id, id, style_id, $11
    FROM updated
), released AS (
  UPDATE wallets w SET available = w.available + u.consumed_tokens FROM updated u WHERE w.user_id = u.user_id
), deleted_task AS (
  DELETE FROM outbox_messages o USING updated u WHERE o.topic = 'image_generation' AND o.subject_id = u.id
), notification AS (
  INSERT INTO notifications (user_id, type, target_type, target_id, created_at)
  SELECT user_id, 'generation_failed', 'generation', id, $11 FROM updated WHERE $8 = 'failed'
)
SELECT g.status AS status_before, u.id IS NOT NULL AS applied,
       COALESCE(g.task_id <> u.task_id, false) AS task_replaced
  FROM generation_requests g LEFT JOIN updated u ON u.id = g.id
 WHERE g.id = $1 AND ($2 <> 'owner' OR g.user_id = $3)";

pub(crate) async fn release(
    store: &PgStore,
    release: Release,
) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
    let [caller, task_id, silent_since] = cause_values(release.cause);
    let values = vec![
        release.generation.0.into(),
        caller,
        Value::BigInt(None),
        task_id,
        silent_since,
        i32::from(release.attempt).into(),
        allowing(GenerationEvent::Fail),
        "failed".into(),
        release.error_code.into(),
        release.error_message.into(),
        release.now.into(),
    ];
    settle(store, release.generation, GenerationEvent::Fail, RELEASE, values).await
}

pub(crate) async fn cancel(
    store: &PgStore,
    cancel: OwnerCancel,
) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
    let values = vec![
        cancel.generation.0.into(),
        "owner".into(),
        cancel.owner.0.into(),
        task_value(None),
        null_time(),
        Value::Int(None),
        allowing(GenerationEvent::Cancel),
        "canceled".into(),
        Value::String(None),
        Value::String(None),
        cancel.now.into(),
    ];
    settle(store, cancel.generation, GenerationEvent::Cancel, RELEASE, values).await
}
