//! The audit of the ledger.

use async_trait::async_trait;

use crate::StorageError;

/// Recomputes balances from the ledger.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Differences between balances and ledger (P1 to P4), as text. Reads one snapshot.
    async fn verify(&self) -> Result<Vec<String>, StorageError>;

    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StorageError>;
}
