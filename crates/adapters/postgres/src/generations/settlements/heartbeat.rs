//! Heartbeat: records that a worker processes the generation.

use domain::{
    StorageError,
    generations::{GenerationEvent, GenerationStatus, Heartbeat},
    workers::Transition,
};

use crate::generations::settlements::{allowing, settle};
use crate::pool::PgStore;
use crate::transition::task_value;

const HEARTBEAT: &str = "
WITH updated AS (
  UPDATE generation_requests
     SET status = $3, progress = $4::jsonb, taken_at = COALESCE(taken_at, $5), last_heartbeat_at = $5,
         version = version + 1, updated_at = $5
   WHERE id = $1 AND status = ANY ($6) AND ($2::uuid IS NULL OR task_id = $2)
  RETURNING id
)
SELECT g.status AS status_before, u.id IS NOT NULL AS applied, false AS task_replaced
  FROM generation_requests g LEFT JOIN updated u ON u.id = g.id WHERE g.id = $1";

pub(crate) async fn heartbeat(
    store: &PgStore,
    heartbeat: Heartbeat,
) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
    let event = match heartbeat.status {
        GenerationStatus::Retrying => GenerationEvent::WorkerRetries,
        GenerationStatus::Processing => GenerationEvent::Progress,
        other => {
            let message = format!("a heartbeat cannot set the state {}", other.as_str());
            return Err(StorageError::Other(message.into()));
        }
    };
    let values = vec![
        heartbeat.generation.0.into(),
        task_value(heartbeat.task_id),
        heartbeat.status.as_str().into(),
        heartbeat.progress.into(),
        heartbeat.now.into(),
        allowing(event),
    ];
    settle(store, heartbeat.generation, event, HEARTBEAT, values).await
}
