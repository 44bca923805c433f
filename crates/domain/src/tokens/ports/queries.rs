//! Read models of balances and transactions.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use crate::{
    Money, ObjectAddress, StorageError, Tokens, UserId,
    id::Named,
    page::{Page, PageRequest},
    tokens::EntryKind,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceView {
    pub user_id: UserId,
    pub available: Tokens,
    pub held: Tokens,
    /// For artists: earned tokens, including earning deltas.
    pub earned: Option<Tokens>,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, EnumString, IntoStaticStr, VariantArray, VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum TransactionFilter {
    #[default]
    All,
    Purchase,
    Welcome,
    Usage,
    /// Usages whose tokens were released.
    Refund,
}

crate::string_enum::string_enum! { TransactionFilter }

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum TransactionStatus {
    Pending,
    Completed,
    Failed,
}

crate::string_enum::string_enum! { TransactionStatus }

/// A transaction: one ledger entry, or a hold together with its settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionView {
    pub id: i64,
    pub kind: EntryKind,
    pub amount: Tokens,
    /// For purchases.
    pub price: Option<Money>,
    pub status: TransactionStatus,
    pub memo: Option<String>,
    pub created_at: DateTime<Utc>,
    /// `None` for the platform or an erased account.
    pub sender: Option<Named>,
    /// `None` for the platform or an erased account.
    pub receiver: Option<Named>,
    pub style: Option<Named>,
    /// The generation, while it is stored, and its image if the viewer may see it.
    pub generation: Option<(i64, Option<ObjectAddress>)>,
}

/// Reads balances and transactions.
#[async_trait]
pub trait TokenQueries: Send + Sync {
    /// `None` without a wallet.
    async fn balance(&self, user: UserId) -> Result<Option<BalanceView>, StorageError>;

    /// A page of the user's transactions, newest first.
    async fn transactions(
        &self,
        user: UserId,
        filter: TransactionFilter,
        page: PageRequest,
    ) -> Result<Page<TransactionView>, StorageError>;
}
