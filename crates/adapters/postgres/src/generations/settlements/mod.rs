//! The money statements: hold, capture, release, resend, heartbeat, fold.
//!
//! Each is one statement in autocommit, hence one round trip and whole or not at all. Its parts are common table
//! expressions of which each selects from the one before, so a refusal writes nothing. Every guard is a conditional
//! write on one row, which READ COMMITTED checks again after it had to wait for another writer. The request
//! is always locked first. The states a statement may start from are those of
//! [`GenerationStatus::allowing`]; whose failure counts is the rule of [`domain::workers::Attempt::failure_counts`].

mod capture;
mod fold;
mod heartbeat;
mod hold;
mod release;
mod resend;

use async_trait::async_trait;
use domain::{
    GenerationId, StorageError, TaskId,
    generations::{
        Capture, GenerationEvent, GenerationStatus, Heartbeat, Hold, HoldOutcome, OwnerCancel, Release,
        ReleaseCause, Resend, Settlements,
    },
    workers::Transition,
};
use sea_orm::{DbErr, QueryResult, Value};

use crate::{
    error::{storage_error, violated_constraint},
    pool::PgStore,
    row::ReadRow,
};

#[async_trait]
impl Settlements for PgStore {
    async fn hold(&self, hold: Hold) -> Result<HoldOutcome, StorageError> {
        hold::hold(self, hold).await
    }

    async fn capture(&self, capture: Capture) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        capture::capture(self, capture).await
    }

    async fn release(&self, release: Release) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        release::release(self, release).await
    }

    async fn cancel(
        &self,
        cancel: OwnerCancel,
    ) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        release::cancel(self, cancel).await
    }

    async fn resend(&self, resend: Resend) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        resend::resend(self, resend).await
    }

    async fn heartbeat(
        &self,
        heartbeat: Heartbeat,
    ) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
        heartbeat::heartbeat(self, heartbeat).await
    }

    async fn fold(&self, batch: i64) -> Result<u64, StorageError> {
        fold::fold(self, batch).await
    }
}

/// Runs a statement that answers with `status_before`, `applied` and `overtaken`, or with no row when there is no such
/// request.
///
/// A statement sees the database as it was when it began, and of the request alone what other writers did while it
/// waited for them. Two things follow, and both cost a second statement only when they happen. One that changed nothing
/// would name the state before those writers, so the state is read again. And one that was overtaken by a resend, which
/// shows in another task than it began with, could not see the message of that resend, which is dropped afterwards.
async fn settle(
    store: &PgStore,
    generation: GenerationId,
    event: GenerationEvent,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<Transition<GenerationStatus>>, StorageError> {
    let Some(row) = store.write_guarded(sql, values).await.map_err(refused)? else {
        return Ok(None);
    };
    let settled = read_settled(&row)?;
    if row.get("overtaken")? {
        drop_overtaken(store, generation).await;
    }
    if settled.applied || settled.before.apply(event).is_err() {
        return Ok(Some(settled));
    }
    let now = "SELECT status AS status_before, false AS applied FROM generation_requests WHERE id = $1";
    let row = store.read_one(now, vec![generation.0.into()]).await?;
    row.as_ref().map(read_settled).transpose()
}

/// The request is settled, so nobody sends its task again. A failure does not undo that and must not be answered: the
/// task would at worst be worked on for nothing.
async fn drop_overtaken(store: &PgStore, generation: GenerationId) {
    let sql = "DELETE FROM outbox_messages WHERE topic = 'image_generation' AND subject_id = $1";
    if let Err(error) = store.write(sql, vec![generation.0.into()]).await {
        tracing::warn!(%generation, %error, "the task of a settled generation stays in the outbox");
    }
}

fn read_settled(row: &QueryResult) -> Result<Transition<GenerationStatus>, StorageError> {
    Ok(Transition {
        applied: row.get("applied")?,
        before: row.parsed("status_before", GenerationStatus::parse)?,
    })
}

/// States from which `event` has an effect, as a `text[]`.
fn allowing(event: GenerationEvent) -> Value {
    GenerationStatus::allowing(event)
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<String>>()
        .into()
}

/// A refusal by one of these constraints means that somebody else has used an id meanwhile, or that the style is
/// gone. Nothing was written; the whole use case may start again.
fn refused(error: DbErr) -> StorageError {
    match violated_constraint(&error) {
        Some(
            "pk_generation_requests"
            | "uk_token_transactions_key"
            | "uk_outbox_messages_message"
            | "fk_generation_requests_style",
        ) => StorageError::Aborted(Box::new(error)),
        _ => storage_error(error),
    }
}

/// A cause as the statements' three parameters: caller, task id, silent since.
pub(crate) fn cause_values(cause: ReleaseCause) -> [Value; 3] {
    match cause {
        ReleaseCause::Worker { task_id } => ["worker".into(), task_value(task_id), no_time()],
        ReleaseCause::Sweep { silent_since } => ["sweep".into(), task_value(None), silent_since.into()],
        ReleaseCause::AccountDeleted => ["account".into(), task_value(None), no_time()],
    }
}

/// A task id that may be missing.
pub(crate) fn task_value(task_id: Option<TaskId>) -> Value {
    task_id.map(|task| task.0).into()
}

fn no_time() -> Value {
    Value::ChronoDateTimeUtc(None)
}
