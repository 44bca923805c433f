//! What can go wrong between a use case and the database, whatever the use case.

use thiserror::Error;

/// A failure of the database. Business refusals are typed results of the ports instead.
#[derive(Debug, Error)]
pub enum StorageError {
    /// The database cannot be reached, or has no connection to spare. Trying later may help.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The transaction lost against another one (serialization failure or deadlock); trying again may help.
    #[error("the transaction was aborted in favour of another one")]
    Aborted(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored value does not fit the domain: a migration or a hand-made change is wrong.
    #[error("a stored value is not valid: {0}")]
    Corrupt(String),
    /// Anything else.
    #[error("the database refused a statement")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}
