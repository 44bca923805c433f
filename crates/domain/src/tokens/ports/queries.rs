//! Balances and transactions as they are shown.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    FieldError, Money, ObjectAddress, StorageError, Tokens, UserId,
    id::Named,
    page::{Page, PageRequest},
    tokens::EntryKind,
};

/// What a person has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceView {
    pub user_id: UserId,
    pub available: Tokens,
    pub held: Tokens,
    /// Earned, for artists; those not yet folded in included.
    pub earned: Option<Tokens>,
}

/// Which transactions a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransactionFilter {
    #[default]
    All,
    Purchase,
    Welcome,
    Usage,
    /// Usages whose tokens went back.
    Refund,
}

impl TransactionFilter {
    /// Reads the word on the wire.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        match raw {
            "all" => Ok(Self::All),
            "purchase" => Ok(Self::Purchase),
            "welcome" => Ok(Self::Welcome),
            "usage" => Ok(Self::Usage),
            "refund" => Ok(Self::Refund),
            _ => Err(FieldError::NotOneOf {
                allowed: "all, purchase, welcome, usage, refund",
            }),
        }
    }
}

/// How far a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionStatus {
    Pending,
    Completed,
    Failed,
}

impl TransactionStatus {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// A transaction: one ledger entry, a hold together with its settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionView {
    pub id: i64,
    pub kind: EntryKind,
    /// Tokens moved.
    pub amount: Tokens,
    /// What was paid for them, for purchases.
    pub price: Option<Money>,
    pub status: TransactionStatus,
    pub memo: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Whose tokens; none for the platform or an erased account.
    pub sender: Option<Named>,
    /// To whom; none for the platform or an erased account.
    pub receiver: Option<Named>,
    pub style: Option<Named>,
    /// The request, while it is kept, and its image when the reader may see it.
    pub generation: Option<(i64, Option<ObjectAddress>)>,
}

/// Reads balances and transactions.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TokenQueries: Send + Sync {
    /// What a person has; `None` without a wallet.
    async fn balance(&self, user: UserId) -> Result<Option<BalanceView>, StorageError>;

    /// A page of what a person paid, got and earned, newest first.
    async fn transactions(
        &self,
        user: UserId,
        filter: TransactionFilter,
        page: PageRequest,
    ) -> Result<Page<TransactionView>, StorageError>;
}
