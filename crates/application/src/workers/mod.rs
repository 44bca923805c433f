//! What reaches GPU workers and what is done when they fall silent: tasks, the relay of the outbox, the sweep, and the
//! removal of stored objects.

mod relay;
mod storage_deletes;
mod sweep;
mod tasks;

pub use relay::{Relay, RelayRound};
pub use storage_deletes::{StorageDeletes, storage_delete_messages};
pub use sweep::{SweepReport, Sweeper};
pub use tasks::{
    ImageTask, PRESIGNED_PUT_LIFETIME, TaskStamp, TaskWriter, TrainingTask, result_key, with_upload_url,
};
