//! Capture: completes the generation and pays the artist.

use domain::{
    StorageError,
    generations::{Capture, GenerationEvent, GenerationStatus},
    workers::Transition,
};

use crate::generations::settlements::{allowing, settle};
use crate::pool::PgStore;
use crate::transition::task_value;

/// Locks no row that generations share: the artist's earning is a separate row, which is added to the balance later.
const CAPTURE: &str = "
WITH updated AS (
  UPDATE generation_requests
     SET status = 'completed', progress = NULL, error_code = NULL, error_message = NULL, version = version + 1,
         updated_at = $6, settled_at = $6
   WHERE id = $1 AND status = ANY ($7) AND ($2::uuid IS NULL OR task_id = $2)
  RETURNING id, user_id, artist_id, style_id, consumed_tokens, task_id
), image AS (
  INSERT INTO generated_images (generation_id, bucket, object_key, metadata, created_at, updated_at)
  SELECT id, $3, $4, $5::jsonb, $6, $6 FROM updated
), entry AS (
  INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, credit_user_id,
    generation_id, style_id, created_at)
  SELECT 'settle:' || id, 'capture', consumed_tokens, 'held', user_id, 'earned', artist_id, id, style_id, $6
    FROM updated
  RETURNING id, credit_user_id, style_id, amount
), delta AS (
  INSERT INTO earning_deltas (transaction_id, artist_id, style_id, amount)
  SELECT id, credit_user_id, style_id, amount FROM entry
), deleted_task AS (
  DELETE FROM outbox_messages o USING updated u WHERE o.topic = 'image_generation' AND o.subject_id = u.id
), notification AS (
  INSERT INTO notifications (user_id, type, target_type, target_id, created_at)
  SELECT user_id, 'generation_complete', 'generation', id, $6 FROM updated
)
SELECT g.status AS status_before, u.id IS NOT NULL AS applied,
       COALESCE(g.task_id <> u.task_id, false) AS task_replaced
  FROM generation_requests g LEFT JOIN updated u ON u.id = g.id WHERE g.id = $1";

pub(crate) async fn capture(
    store: &PgStore,
    capture: Capture,
) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
    let values = vec![
        capture.generation.0.into(),
        task_value(capture.task_id),
        capture.object.bucket.into(),
        capture.object.key.into(),
        capture.metadata.into(),
        capture.now.into(),
        allowing(GenerationEvent::Complete),
    ];
    settle(
        store,
        capture.generation,
        GenerationEvent::Complete,
        CAPTURE,
        values,
    )
    .await
}
