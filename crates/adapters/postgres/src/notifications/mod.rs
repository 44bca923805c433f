//! Reads and writes of notifications.

pub(crate) mod entity;
pub(crate) mod read;
pub(crate) mod write;
