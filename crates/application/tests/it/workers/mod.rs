//! Background jobs for workers: the relay, deletion of objects, the sweep.

mod relay;
mod storage_deletes;
mod sweep;
