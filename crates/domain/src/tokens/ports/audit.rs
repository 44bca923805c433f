//! Recomputes balances from the ledger.

use async_trait::async_trait;

use crate::StorageError;

/// Recomputes the books from the ledger.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Audit: Send + Sync {
    /// Every difference between balances and ledger, in words; empty when the books balance (P1 to P4). Reads one
    /// snapshot.
    async fn verify(&self) -> Result<Vec<String>, StorageError>;

    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StorageError>;
}
