//! Styles: uploads and changes.

mod changes;
mod upload_memory;
pub mod uploads;
