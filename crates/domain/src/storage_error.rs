//! Database errors.

use thiserror::Error;

/// A database error. Business errors are typed results of the ports instead.
#[derive(Debug, Error)]
pub enum StorageError {
    /// The database cannot be reached, or no connection is free. A retry may help.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Serialization failure or deadlock. A retry may help.
    #[error("the transaction was aborted in favour of another one")]
    Aborted(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored value violates the domain: a migration or a manual change is wrong.
    #[error("a stored value is not valid: {0}")]
    Corrupt(String),
    #[error("the database refused a statement")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}
