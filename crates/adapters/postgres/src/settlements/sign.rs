//! Sign: a worker is at it.

use domain::{
    generation::{GenerationEvent, GenerationStatus},
    ports::{Settled, Sign, StorageError},
};

use super::{allowing, settle, task_value};
use crate::connect::PgStore;

const SIGN: &str = "
WITH request AS (
  UPDATE generation_requests
     SET status = $3, progress = $4::jsonb, taken_at = COALESCE(taken_at, $5), last_sign_at = $5,
         version = version + 1, updated_at = $5
   WHERE id = $1 AND status = ANY ($6) AND ($2::uuid IS NULL OR task_id = $2)
  RETURNING id
)
SELECT g.status AS status_before, r.id IS NOT NULL AS applied, false AS overtaken
  FROM generation_requests g LEFT JOIN request r ON r.id = g.id WHERE g.id = $1";

pub(super) async fn sign(store: &PgStore, sign: Sign) -> Result<Option<Settled>, StorageError> {
    let event = match sign.status {
        GenerationStatus::Retrying => GenerationEvent::WorkerRetries,
        GenerationStatus::Processing => GenerationEvent::Progress,
        other => {
            let refusal = format!("a sign of life does not make a request {}", other.as_str());
            return Err(StorageError::Other(refusal.into()));
        }
    };
    let values = vec![
        sign.generation.0.into(),
        task_value(sign.task_id),
        sign.status.as_str().into(),
        sign.progress.into(),
        sign.now.into(),
        allowing(event),
    ];
    settle(store, sign.generation, event, SIGN, values).await
}
