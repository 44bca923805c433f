//! The object store port.

use std::{path::PathBuf, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::ObjectAddress;

/// Content of an object: bytes in memory, or a file that is streamed.
#[derive(Debug, Clone)]
pub enum ObjectBody {
    Bytes(Bytes),
    /// A local file. A retry reads it again.
    File(PathBuf),
}

/// Metadata of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectInfo {
    pub bytes: u64,
    /// Last write, to the second.
    pub modified_at: DateTime<Utc>,
}

/// A failure of the object store.
#[derive(Debug, Error)]
pub enum ObjectError {
    #[error("there is no such object")]
    NotFound,
    /// The store does not answer or failed, also after retries.
    #[error("the object store is not available: {0}")]
    Unavailable(String),
    /// The store refused the call permanently (credentials, key, size).
    #[error("the object store refused the call: {0}")]
    Refused(String),
}

/// An S3 object store. Every call has a timeout; PUT and DELETE are retried.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ObjectStorage: Send + Sync {
    /// Stores or replaces an object.
    async fn put(&self, at: &ObjectAddress, body: ObjectBody, content_type: &str) -> Result<(), ObjectError>;

    /// Reads a whole object into memory.
    async fn get(&self, at: &ObjectAddress) -> Result<Bytes, ObjectError>;

    /// Copies within the store.
    async fn copy(&self, from: &ObjectAddress, to: &ObjectAddress) -> Result<(), ObjectError>;

    /// Deletes an object. A missing object counts as deleted.
    async fn delete(&self, at: &ObjectAddress) -> Result<(), ObjectError>;

    /// Size and time of an object; `None` when it does not exist.
    async fn head(&self, at: &ObjectAddress) -> Result<Option<ObjectInfo>, ObjectError>;

    /// Keys in `bucket` that start with `prefix`.
    async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<String>, ObjectError>;

    /// A presigned URL that reads the object for `lifetime`.
    async fn presign_get(&self, at: &ObjectAddress, lifetime: Duration) -> Result<String, ObjectError>;

    /// A presigned URL that writes the object for `lifetime`.
    async fn presign_put(&self, at: &ObjectAddress, lifetime: Duration) -> Result<String, ObjectError>;

    /// Whether the store answers.
    async fn check(&self) -> Result<(), ObjectError>;
}
