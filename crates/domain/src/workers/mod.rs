//! Tasks of GPU workers: topics, attempts, retry rules, the outbox.

mod ports;
mod retry;
mod task;
mod transition;

pub use {ports::*, retry::*, task::*, transition::*};
