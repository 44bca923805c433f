//! Resend: sends the task again as a new attempt, without a new hold.

use domain::{
    StorageError,
    generations::{GenerationEvent, GenerationStatus, Resend},
    workers::Transition,
};

use crate::generations::settlements::{allowing, settle};
use crate::pool::PgStore;
use crate::transition::cause_values;

/// The new attempt has no heartbeat, and its deadline starts when its task is sent. The deadline job does not resend a task
/// that no worker has taken: it is still in the queue.
const RESEND: &str = "
WITH updated AS (
  UPDATE generation_requests
     SET status = 'retrying', attempt = attempt + 1, task_id = $6, taken_at = NULL, progress = NULL, error_code = $9,
         error_message = NULL, version = version + 1, last_heartbeat_at = $8, updated_at = $10
   WHERE id = $1 AND attempt = $5 AND status = ANY ($11)
     AND CASE $2
           WHEN 'deadline' THEN taken_at IS NOT NULL AND last_heartbeat_at <= $4::timestamptz
           WHEN 'worker' THEN task_id = $3::uuid
             OR ($3::uuid IS NULL AND (status = 'queued' OR taken_at IS NOT NULL)) END
  RETURNING id
), deleted_task AS (
  DELETE FROM outbox_messages o USING updated u WHERE o.topic = 'image_generation' AND o.subject_id = u.id
), message AS (
  INSERT INTO outbox_messages (message_id, topic, subject_id, payload, available_at, created_at)
  SELECT $6, 'image_generation', id, $7, $8, $10 FROM updated
)
SELECT g.status AS status_before, u.id IS NOT NULL AS applied, false AS task_replaced
  FROM generation_requests g LEFT JOIN updated u ON u.id = g.id WHERE g.id = $1";

pub(crate) async fn resend(
    store: &PgStore,
    resend: Resend,
) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
    let [caller, task_id, silent_since] = cause_values(resend.cause);
    let values = vec![
        resend.generation.0.into(),
        caller,
        task_id,
        silent_since,
        i32::from(resend.attempt).into(),
        resend.new_task_id.0.into(),
        resend.payload.into(),
        resend.send_at.into(),
        resend.error_code.into(),
        resend.now.into(),
        allowing(GenerationEvent::Resend),
    ];
    settle(store, resend.generation, GenerationEvent::Resend, RESEND, values).await
}
