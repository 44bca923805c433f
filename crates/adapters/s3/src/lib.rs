//! Objects kept in S3, or in a store that speaks its protocol.
//!
//! Every attempt at a call has a timeout. Calls are repeated on network failures and on 5xx answers, with short
//! pauses; a refusal is final at once. No error text holds a secret or the query of a presigned address.

mod failure;
mod objects;
mod put;
mod retry;
mod role;
mod settings;
mod storage;

pub use settings::{Settings, SettingsError};
pub use storage::S3Storage;
