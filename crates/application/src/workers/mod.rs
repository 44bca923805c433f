//! GPU workers: tasks, the relay of the outbox, and the deletion of stored objects.

mod lease;
mod relay;
mod storage_deletes;
mod tasks;

pub use relay::{Relay, RelayRound};
pub use storage_deletes::{StorageDeletes, storage_delete_messages};
pub use tasks::{
    ImageTask, PRESIGNED_PUT_LIFETIME, TaskStamp, TaskWriter, TrainingTask, result_key, with_upload_url,
};

use domain::workers::Transition;

/// Result of a report on a generation, a training or a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report<S> {
    pub applied: bool,
    /// The state after the report.
    pub status: S,
}

impl<S: Copy> Report<S> {
    /// `apply` is the transition of the state machine that the report asks for.
    pub(crate) fn of<E>(transition: Transition<S>, apply: impl FnOnce(S) -> Result<S, E>) -> Self {
        let Transition { applied, before } = transition;
        let after = if applied { apply(before).ok() } else { None };
        Self {
            applied,
            status: after.unwrap_or(before),
        }
    }
}
