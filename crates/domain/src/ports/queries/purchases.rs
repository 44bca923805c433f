//! Packages, and what is owed, as they are shown.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::Named;
use crate::{
    TokenPackage, Tokens,
    page::{Page, PageRequest},
    ports::StorageError,
};

/// Tokens of a canceled order that its buyer had spent already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedView {
    /// Place in the list.
    pub number: i64,
    /// The order.
    pub order_id: String,
    /// Id and username of the buyer; absent once the account is erased.
    pub buyer: Option<Named>,
    /// What was ordered.
    pub package: String,
    /// Tokens ordered.
    pub amount: Tokens,
    /// Of these, spent and owed.
    pub owed: Tokens,
    /// When the order was made.
    pub created_at: DateTime<Utc>,
    /// When it was canceled.
    pub canceled_at: DateTime<Utc>,
}

/// Reads about orders.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PurchaseQueries: Send + Sync {
    /// What can be bought, in the order it is offered.
    async fn packages(&self) -> Result<Vec<TokenPackage>, StorageError>;

    /// A page of what is owed, the newest order first.
    async fn owed(&self, page: PageRequest) -> Result<Page<OwedView>, StorageError>;
}
