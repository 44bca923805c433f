//! Capture: the image is there, the artist is paid.

use domain::{
    StorageError,
    generations::{Capture, GenerationEvent, GenerationStatus},
    workers::Transition,
};

use crate::generations::settlements::{allowing, settle, task_value};
use crate::pool::PgStore;

/// No row that others share is touched: the artist's earning is a row of its own, folded in later.
const CAPTURE: &str = "
WITH request AS (
  UPDATE generation_requests
     SET status = 'completed', progress = NULL, error_code = NULL, error_message = NULL, version = version + 1,
         updated_at = $6, settled_at = $6
   WHERE id = $1 AND status = ANY ($7) AND ($2::uuid IS NULL OR task_id = $2)
  RETURNING id, user_id, artist_id, style_id, consumed_tokens, task_id
), image AS (
  INSERT INTO generated_images (generation_id, bucket, object_key, metadata, created_at, updated_at)
  SELECT id, $3, $4, $5::jsonb, $6, $6 FROM request
), entry AS (
  INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, credit_user_id,
    generation_id, style_id, created_at)
  SELECT 'settle:' || id, 'capture', consumed_tokens, 'held', user_id, 'earned', artist_id, id, style_id, $6
    FROM request
  RETURNING id, credit_user_id, style_id, amount
), delta AS (
  INSERT INTO earning_deltas (transaction_id, artist_id, style_id, amount)
  SELECT id, credit_user_id, style_id, amount FROM entry
), dropped AS (
  DELETE FROM outbox_messages o USING request r WHERE o.topic = 'image_generation' AND o.subject_id = r.id
), note AS (
  INSERT INTO notifications (user_id, type, target_type, target_id, created_at)
  SELECT user_id, 'generation_complete', 'generation', id, $6 FROM request
)
SELECT g.status AS status_before, r.id IS NOT NULL AS applied,
       COALESCE(g.task_id <> r.task_id, false) AS overtaken
  FROM generation_requests g LEFT JOIN request r ON r.id = g.id WHERE g.id = $1";

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
