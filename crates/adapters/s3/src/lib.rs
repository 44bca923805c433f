//! Object storage on S3 or a store with the same protocol.
//!
//! Every call has a timeout. A call is retried with a short backoff after a network error or a 5xx response; a refusal
//! is final. No error contains a secret or the query of a presigned URL.
//!
//! # Using another store
//!
//! ```
//! use secrecy::SecretString;
//! use stylelicense_s3::{S3Storage, Settings};
//!
//! let storage = S3Storage::new(&Settings {
//!     endpoint: Some("http://localhost:9000".to_owned()),
//!     region: "us-east-1".to_owned(),
//!     access_key: Some(SecretString::from("key")),
//!     secret_key: Some(SecretString::from("secret")),
//!     public_bucket: "media".to_owned(),
//!     private_bucket: "media-private".to_owned(),
//!     timeout: Settings::DEFAULT_TIMEOUT,
//! });
//! assert!(storage.is_ok());
//! ```
//!
//! To add an operation, add it to the port in `domain/src/object`, implement it in `storage.rs`, and test it in
//! `tests/it` against the store on disk and against the faulty store.

mod failure;
mod objects;
mod put;
mod retry;
mod role;
mod settings;
mod storage;

pub use settings::{Settings, SettingsError};
pub use storage::S3Storage;
