//! Guarded statements: why they run, and their result.

use chrono::{DateTime, Utc};

use crate::TaskId;

/// Result of a statement that changes the state of a generation or a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition<S> {
    pub applied: bool,
    /// The state before the statement.
    pub before: S,
}

/// Who releases or resends a generation, and the condition under which it has an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureCause {
    /// A worker reported a failure; counts by the rule of [`crate::workers::Attempt::failure_counts`].
    Worker {
        /// The reporting attempt, if the report names it.
        task_id: Option<TaskId>,
    },
    /// No heartbeat since `silent_since`.
    Deadline {
        /// Without effect after a later heartbeat.
        silent_since: DateTime<Utc>,
    },
    /// The owner's account is being erased. Valid in every open state.
    AccountDeleted,
}
