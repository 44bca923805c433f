//! Background jobs for workers: the relay, deletion of objects.

mod relay;
mod storage_deletes;
