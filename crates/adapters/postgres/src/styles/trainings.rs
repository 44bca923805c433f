//! The trainings' statements: one guarded statement each, as for generations, without money.
//!
//! Which state may follow which is [`TrainingStatus::apply`]; whose failure counts is the rule of
//! [`domain::workers::Attempt::failure_counts`], a style waiting for its worker while it is pending.

use async_trait::async_trait;
use domain::{
    StorageError, StyleId,
    styles::{
        TrainingComplete, TrainingEvent, TrainingFail, TrainingHeartbeat, TrainingResend, TrainingStatus,
        Trainings,
    },
    workers::Transition,
};
use sea_orm::{QueryResult, Value};

use crate::{
    error::{storage_error, violated_constraint},
    generations::settlements::{cause_values, task_value},
    pool::PgStore,
    row::ReadRow,
};

const SIGN: &str = "
WITH style AS (
  UPDATE style_models
     SET training_status = 'training', progress = $3::jsonb, taken_at = COALESCE(taken_at, $4), last_heartbeat_at = $4,
         version = version + 1, updated_at = $4
   WHERE id = $1 AND training_status = ANY ($5) AND ($2::uuid IS NULL OR task_id = $2)
  RETURNING id
)
SELECT m.training_status AS status_before, s.id IS NOT NULL AS applied, false AS overtaken
  FROM style_models m LEFT JOIN style s ON s.id = m.id WHERE m.id = $1";

const COMPLETE: &str = "
WITH style AS (
  UPDATE style_models
     SET training_status = 'completed', model_bucket = $3, model_key = $4, training_metric = $5::jsonb,
         progress = NULL, error_code = NULL, error_message = NULL, version = version + 1, updated_at = $6
   WHERE id = $1 AND training_status = ANY ($7) AND ($2::uuid IS NULL OR task_id = $2)
  RETURNING id, artist_id, task_id
), dropped AS (
  DELETE FROM outbox_messages o USING style s WHERE o.topic = 'model_training' AND o.subject_id = s.id
), note AS (
  INSERT INTO notifications (user_id, type, target_type, target_id, created_at)
  SELECT artist_id, 'style_training_complete', 'style', id, $6 FROM style
)
SELECT m.training_status AS status_before, s.id IS NOT NULL AS applied,
       COALESCE(m.task_id <> s.task_id, false) AS overtaken
  FROM style_models m LEFT JOIN style s ON s.id = m.id WHERE m.id = $1";

const FAIL: &str = "
WITH style AS (
  UPDATE style_models
     SET training_status = 'failed', progress = NULL, error_code = $6, error_message = $7, version = version + 1,
         updated_at = $8
   WHERE id = $1 AND training_status = ANY ($9) AND ($5::integer IS NULL OR attempt = $5)
     AND CASE $2
           WHEN 'sweep' THEN last_heartbeat_at <= $4::timestamptz
           WHEN 'worker' THEN task_id = $3::uuid
             OR ($3::uuid IS NULL
               AND ((training_status = 'pending' AND attempt = 1) OR taken_at IS NOT NULL)) END
  RETURNING id, artist_id, task_id
), dropped AS (
  DELETE FROM outbox_messages o USING style s WHERE o.topic = 'model_training' AND o.subject_id = s.id
), note AS (
  INSERT INTO notifications (user_id, type, target_type, target_id, created_at)
  SELECT artist_id, 'style_training_failed', 'style', id, $8 FROM style
)
SELECT m.training_status AS status_before, s.id IS NOT NULL AS applied,
       COALESCE(m.task_id <> s.task_id, false) AS overtaken
  FROM style_models m LEFT JOIN style s ON s.id = m.id WHERE m.id = $1";

/// The sweep never sends again what nobody has taken: that task still lies in the queue.
const RESEND: &str = "
WITH style AS (
  UPDATE style_models
     SET training_status = 'pending', attempt = attempt + 1, task_id = $4, taken_at = NULL, progress = NULL,
         version = version + 1, last_heartbeat_at = $6, updated_at = $7
   WHERE id = $1 AND training_status = ANY ($8) AND attempt = $3
     AND taken_at IS NOT NULL AND last_heartbeat_at <= $2
  RETURNING id
), dropped AS (
  DELETE FROM outbox_messages o USING style s WHERE o.topic = 'model_training' AND o.subject_id = s.id
), message AS (
  INSERT INTO outbox_messages (message_id, topic, subject_id, payload, available_at, created_at)
  SELECT $4, 'model_training', id, $5, $6, $7 FROM style
)
SELECT m.training_status AS status_before, s.id IS NOT NULL AS applied, false AS overtaken
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
        run(self, heartbeat.style, TrainingEvent::Progress, SIGN, values).await
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

/// Runs a statement. As with generations, the state is read again when the statement changed nothing although the state
/// it began from would have let it, and a task that overtook it is dropped afterwards.
async fn run(
    store: &PgStore,
    style: StyleId,
    event: TrainingEvent,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<Transition<TrainingStatus>>, StorageError> {
    let outcome = store.write_guarded(sql, values).await;
    let row = outcome.map_err(|error| match violated_constraint(&error) {
        Some("uk_outbox_messages_message") => StorageError::Aborted(Box::new(error)),
        _ => storage_error(error),
    })?;
    let Some(row) = row else {
        return Ok(None);
    };
    let trained = read_trained(&row)?;
    if row.get("overtaken")? {
        drop_overtaken(store, style).await;
    }
    if trained.applied || trained.before.apply(event).is_err() {
        return Ok(Some(trained));
    }
    let now = "SELECT training_status AS status_before, false AS applied FROM style_models WHERE id = $1";
    let row = store.read_one(now, vec![style.0.into()]).await?;
    row.as_ref().map(read_trained).transpose()
}

/// Drops the task of an ended training. One that its owner has started anew meanwhile keeps its task. A failure does
/// not undo the end and must not be answered: the task would at worst be worked on for nothing.
async fn drop_overtaken(store: &PgStore, style: StyleId) {
    let sql = "
        DELETE FROM outbox_messages WHERE topic = 'model_training' AND subject_id = $1
           AND EXISTS (SELECT FROM style_models WHERE id = $1 AND training_status IN ('completed', 'failed'))";
    if let Err(error) = store.write(sql, vec![style.0.into()]).await {
        tracing::warn!(%style, %error, "the task of an ended training stays in the outbox");
    }
}

fn read_trained(row: &QueryResult) -> Result<Transition<TrainingStatus>, StorageError> {
    Ok(Transition {
        applied: row.get("applied")?,
        before: row.parsed("status_before", TrainingStatus::parse)?,
    })
}

/// States from which `event` has an effect, as a `text[]`.
fn allowing(event: TrainingEvent) -> Value {
    TrainingStatus::allowing(event)
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<String>>()
        .into()
}
