//! Tasks of GPU workers: topics, attempts, retries, the outbox.

mod ports;
mod retry;
mod task;

pub use {ports::*, retry::*, task::*};
