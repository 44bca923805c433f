//! Guarded statements that move a generation or a training to another state.

use domain::{
    FieldError, StorageError, TaskId,
    workers::{FailureCause, Transition},
};
use sea_orm::{DbErr, QueryResult, Value};

use crate::{
    error::{storage_error, violated_constraint},
    pool::PgStore,
    row::ReadRow,
};

/// How the statements of one table are run.
pub(crate) struct Transitions<S> {
    /// For the log.
    pub subject: &'static str,
    /// Returns `status_before` and `applied` (false) of `$1`.
    pub current: &'static str,
    /// Deletes the unsent task of `$1`, which has reached a final state.
    pub delete_task: &'static str,
    pub parse: fn(&str) -> Result<S, FieldError>,
}

impl<S: Copy> Transitions<S> {
    /// Runs a statement that returns `status_before`, `applied` and `task_replaced`, or no row when there is no such
    /// row. `allows` tells whether a state allows the event.
    ///
    /// A statement sees the snapshot of its start, except for the row that it locks, which includes the changes of the
    /// writers it waited for. Two rare cases therefore need a second statement. When nothing changed, `status_before`
    /// is the state before those writers, so the state is read again. When a concurrent resend replaced the task, the
    /// statement did not see the message of the resend, so that is deleted afterwards.
    pub(crate) async fn run(
        &self,
        store: &PgStore,
        id: i64,
        allows: impl FnOnce(S) -> bool,
        (sql, values): (&str, Vec<Value>),
    ) -> Result<Option<Transition<S>>, StorageError> {
        let Some(row) = store.write_guarded(sql, values).await.map_err(conflict)? else {
            return Ok(None);
        };
        let transition = self.read(&row)?;
        if row.get("task_replaced")? {
            self.delete_task(store, id).await;
        }
        if transition.applied || !allows(transition.before) {
            return Ok(Some(transition));
        }
        let row = store.read_one(self.current, vec![id.into()]).await?;
        row.as_ref().map(|row| self.read(row)).transpose()
    }

    /// A failure is only logged: at worst a worker runs the task for nothing.
    async fn delete_task(&self, store: &PgStore, id: i64) {
        if let Err(error) = store.write(self.delete_task, vec![id.into()]).await {
            tracing::warn!(subject = self.subject, id, %error, "could not delete the task");
        }
    }

    fn read(&self, row: &QueryResult) -> Result<Transition<S>, StorageError> {
        Ok(Transition {
            applied: row.get("applied")?,
            before: row.parsed("status_before", self.parse)?,
        })
    }
}

/// A violation of one of these constraints means that a concurrent transaction used an id or deleted the style. Nothing
/// was written, so the use case can be retried.
pub(crate) fn conflict(error: DbErr) -> StorageError {
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

/// States as a `text[]`.
pub(crate) fn states(words: Vec<&'static str>) -> Value {
    words
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<String>>()
        .into()
}

/// The three parameters of a cause: caller, task id, silent since.
pub(crate) fn cause_values(cause: FailureCause) -> [Value; 3] {
    match cause {
        FailureCause::Worker { task_id } => ["worker".into(), task_value(task_id), null_time()],
        FailureCause::Deadline { silent_since } => ["deadline".into(), task_value(None), silent_since.into()],
        FailureCause::AccountDeleted => ["account".into(), task_value(None), null_time()],
    }
}

pub(crate) fn task_value(task_id: Option<TaskId>) -> Value {
    task_id.map(|task| task.0).into()
}

pub(crate) fn null_time() -> Value {
    Value::ChronoDateTimeUtc(None)
}
