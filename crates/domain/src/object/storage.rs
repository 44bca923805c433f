//! The object store.

use std::{path::PathBuf, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::ObjectAddress;

/// What is put: bytes at hand, or a file that is streamed.
#[derive(Debug, Clone)]
pub enum ObjectBody {
    Bytes(Bytes),
    /// A file on local disk, read while it is sent; may be read again for a retry.
    File(PathBuf),
}

/// What the store tells about an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Size in bytes.
    pub bytes: u64,
    /// Last write, to the second.
    pub modified_at: DateTime<Utc>,
}

/// A failure of the object store.
#[derive(Debug, Error)]
pub enum ObjectError {
    /// There is no such object.
    #[error("there is no such object")]
    NotFound,
    /// The store cannot be reached or failed; retries are used up.
    #[error("the object store is not available: {0}")]
    Unavailable(String),
    /// The store refused the call for good (credentials, name, size).
    #[error("the object store refused the call: {0}")]
    Refused(String),
}

/// Keeps files. Every call has a timeout; PUT and DELETE are retried.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ObjectStorage: Send + Sync {
    /// Stores an object, replacing one of the same key.
    async fn put(&self, at: &ObjectAddress, body: ObjectBody, content_type: &str) -> Result<(), ObjectError>;

    /// Reads a whole object. For small ones: nothing bounds its memory.
    async fn get(&self, at: &ObjectAddress) -> Result<Bytes, ObjectError>;

    /// Copies inside the store.
    async fn copy(&self, from: &ObjectAddress, to: &ObjectAddress) -> Result<(), ObjectError>;

    /// Removes an object; one that is not there counts as removed.
    async fn delete(&self, at: &ObjectAddress) -> Result<(), ObjectError>;

    /// Size and time of an object; `None` when there is none.
    async fn head(&self, at: &ObjectAddress) -> Result<Option<ObjectInfo>, ObjectError>;

    /// Keys in `bucket` that start with `prefix`.
    async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<String>, ObjectError>;

    /// An address at which anybody can read the object for `lifetime`.
    async fn presign_get(&self, at: &ObjectAddress, lifetime: Duration) -> Result<String, ObjectError>;

    /// An address at which anybody can write the object for `lifetime`.
    async fn presign_put(&self, at: &ObjectAddress, lifetime: Duration) -> Result<String, ObjectError>;

    /// Whether the store answers.
    async fn check(&self) -> Result<(), ObjectError>;
}
