//! Styles.

mod answers;
mod changes;
mod upload_memory;
pub mod uploads;
