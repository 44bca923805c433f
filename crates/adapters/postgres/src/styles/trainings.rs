//! State changes of trainings: one guarded statement each, as for generations, without tokens.
//!
//! The allowed transitions are [`TrainingStatus::apply`]. Which failures count is the rule of
//! [`domain::workers::Attempt::failure_counts`]; a pending style waits for its worker.

use async_trait::async_trait;
use domain::{
    StorageError, StyleId,
    styles::{
        TrainingComplete, TrainingEvent, TrainingFail, TrainingHeartbeat, TrainingResend, TrainingStatus,
        Trainings,
    },
    workers::Transition,
};
use sea_orm::Value;

use crate::{
    pool::PgStore,
    transition::{Transitions, cause_values, states, task_value},
};

const HEARTBEAT: &str = "
WITH style AS (
  UPDATE style_models
     SET training_status = 'training', progress = $3::jsonb, taken_at = COALESCE(taken_at, $4), last_heartbeat_at = $4,
         version = version + 1, updated_at = $4
   WHERE id = $1 AND training_status = ANY ($5) AND ($2::uuid IS NULL OR task_id = $2)
  RETURNING id
)
SELECT m.training_status AS status_before, s.id IS NOT NULL AS applied, false AS task_replaced
  FROM style_models m LEFT JOIN style s ON s.id = m.id WHERE m.id = $1";

const COMPLETE: &str = "
WITH style AS (
  UPDATE style_models
     SET training_status = 'completed', model_bucket = $3, model_key = $4, training_metric = $5::jsonb,
         progress = NULL, error_code = NULL, error_message = NULL, version = version + 1, updated_at = $6
   WHERE id = $1 AND training_status = ANY ($7) AND ($2::uuid IS NULL OR task_id = $2)
  RETURNING id, artist_id, task_id
), deleted_task AS (
  DELETE FROM outbox_messages o USING style s WHERE o.topic = 'model_training' AND o.subject_id = s.id
), notification AS (
  INSERT INTO notifications (user_id, type, target_type, target_id, created_at)
  SELECT artist_id, 'style_training_complete', 'style', id, $6 FROM style
)
SELECT m.training_status AS status_before, s.id IS NOT NULL AS applied,
       COALESCE(m.task_id <> s.task_id, false) AS task_replaced
  FROM style_models m LEFT JOIN style s ON s.id = m.id WHERE m.id = $1";

const FAIL: &str = "
WITH style AS (
  UPDATE style_models
     SET training_status = 'failed', progress = NULL, error_code = $6, error_message = $7, version = version + 1,
         updated_at = $8
   WHERE id = $1 AND training_status = ANY ($9) AND ($5::integer IS NULL OR attempt = $5)
     AND CASE $2
           WHEN 'deadline' THEN last_heartbeat_at <= $4::timestamptz
           WHEN 'worker' THEN task_id = $3::uuid
             OR ($3::uuid IS NULL
               AND ((training_status = 'pending' AND attempt = 1) OR taken_at IS NOT NULL)) END
  RETURNING id, artist_id, task_id
), deleted_task AS (
  DELETE FROM outbox_messages o USING style s WHERE o.topic = 'model_training' AND o.subject_id = s.id
), notification AS (
  INSERT INTO notifications (user_id, type, target_type, target_id, created_at)
  SELECT artist_id, 'style_training_failed', 'style', id, $8 FROM style
)
SELECT m.training_status AS status_before, s.id IS NOT NULL AS applied,
       COALESCE(m.task_id <> s.task_id, false) AS task_replaced
  FROM style_models m LEFT JOIN style s ON s.id = m.id WHERE m.id = $1";

/// A task that no worker has taken is not resent: it is still in the queue.
const RESEND: &str = "
WITH style AS (
  UPDATE style_models
     SET training_status = 'pending', attempt = attempt + 1, task_id = $4, taken_at = NULL, progress = NULL,
         version = version + 1, last_heartbeat_at = $6, updated_at = $7
   WHERE id = $1 AND training_status = ANY ($8) AND attempt = $3
     AND taken_at IS NOT NULL AND last_heartbeat_at <= $2
  RETURNING id
), deleted_task AS (
  DELETE FROM outbox_messages o USING style s WHERE o.topic = 'model_training' AND o.subject_id = s.id
), message AS (
  INSERT INTO outbox_messages (message_id, topic, subject_id, payload, available_at, created_at)
  SELECT $4, 'model_training', id, $5, $6, $7 FROM style
)
SELECT m.training_status AS status_before, s.id IS NOT NULL AS applied, false AS task_replaced
  FROM style_models m LEFT JOIN style s ON s.id = m.id WHERE m.id = $1";

#[async_trait]
impl Trainings for PgStore {
    async fn heartbeat(
        &self,
        heartbeat: TrainingHeartbeat,
    ) -> Result<Option<Transition<TrainingStatus>>, StorageError> {
        let values = vec![
            heartbeat.style.0.into(),
            task_value(heartbeat.task_id),
            heartbeat.progress.into(),
            heartbeat.now.into(),
            allowing(TrainingEvent::Progress),
        ];
        run(self, heartbeat.style, TrainingEvent::Progress, HEARTBEAT, values).await
    }

    async fn complete(
        &self,
        complete: TrainingComplete,
    ) -> Result<Option<Transition<TrainingStatus>>, StorageError> {
        let values = vec![
            complete.style.0.into(),
            task_value(complete.task_id),
            complete.model.bucket.into(),
            complete.model.key.into(),
            complete.metric.into(),
            complete.now.into(),
            allowing(TrainingEvent::Complete),
        ];
        run(self, complete.style, TrainingEvent::Complete, COMPLETE, values).await
    }

    async fn fail(&self, fail: TrainingFail) -> Result<Option<Transition<TrainingStatus>>, StorageError> {
        let [caller, task_id, silent_since] = cause_values(fail.cause);
        let values = vec![
            fail.style.0.into(),
            caller,
            task_id,
            silent_since,
            fail.attempt.map(i32::from).into(),
            fail.error_code.into(),
            fail.error_message.into(),
            fail.now.into(),
            allowing(TrainingEvent::Fail),
        ];
        run(self, fail.style, TrainingEvent::Fail, FAIL, values).await
    }

    async fn resend(
        &self,
        resend: TrainingResend,
    ) -> Result<Option<Transition<TrainingStatus>>, StorageError> {
        let values = vec![
            resend.style.0.into(),
            resend.silent_since.into(),
            i32::from(resend.attempt).into(),
            resend.new_task_id.0.into(),
            resend.payload.into(),
            resend.send_at.into(),
            resend.now.into(),
            allowing(TrainingEvent::Resend),
        ];
        run(self, resend.style, TrainingEvent::Resend, RESEND, values).await
    }
}

const TRAININGS: Transitions<TrainingStatus> = Transitions {
    subject: "training",
    current: "SELECT training_status AS status_before, false AS applied FROM style_models WHERE id = $1",
    // The owner may have restarted the training.
    delete_task:
        "
        DELETE FROM outbox_messages WHERE topic = 'model_training' AND subject_id = $1
           AND EXISTS (SELECT FROM style_models WHERE id = $1 AND training_status IN ('completed', 'failed'))",
    parse: TrainingStatus::parse,
};

async fn run(
    store: &PgStore,
    style: StyleId,
    event: TrainingEvent,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<Transition<TrainingStatus>>, StorageError> {
    let allows = |status: TrainingStatus| status.apply(event).is_ok();
    TRAININGS.run(store, style.0, allows, (sql, values)).await
}

pub(crate) fn allowing(event: TrainingEvent) -> Value {
    states(TrainingStatus::allowing(event))
}
