//! Ports of orders. Each write is one statement, guarded by the state that was read.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    Money, StorageError, TokenPackage, Tokens, UserId,
    id::Named,
    page::{Page, PageRequest},
    tokens::{Order, OrderId, OrderState, PaymentStatus},
};

/// An order to store. Its payment exists at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    pub id: OrderId,
    pub buyer: UserId,
    pub package: String,
    /// Tokens of the package.
    pub amount: Tokens,
    pub price: Money,
    pub payment_key: String,
    pub payment_url: String,
    pub expires_at: DateTime<Utc>,
    /// When the order check checks it.
    pub check_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// The guard of a write: an order as it was read, and the status of its payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedOrder {
    pub id: OrderId,
    pub state: OrderState,
    /// `None` when the provider has no payment.
    pub payment: Option<PaymentStatus>,
    pub now: DateTime<Utc>,
}

/// Writes orders. False: the order has changed since it was read, and nothing was written.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Purchases: Send + Sync {
    /// Stores an order. False when there is no such active account.
    async fn add(&self, order: NewOrder) -> Result<bool, StorageError>;

    async fn find(&self, order: &OrderId) -> Result<Option<Order>, StorageError>;

    /// Marks the order as paid and grants its tokens, with a ledger entry.
    async fn grant(&self, expected: ExpectedOrder) -> Result<bool, StorageError>;

    /// Cancels a paid order. Takes back its tokens as far as the buyer still has them, with a ledger entry, and
    /// records the rest as owed.
    async fn reverse(&self, expected: ExpectedOrder) -> Result<bool, StorageError>;

    /// Moves the order to a final state without moving tokens.
    async fn end(&self, expected: ExpectedOrder, end: OrderState) -> Result<bool, StorageError>;

    /// Stores the payment status only.
    async fn record_payment(&self, expected: ExpectedOrder) -> Result<bool, StorageError>;

    /// Pending orders due for a check, longest due first.
    async fn due(&self, now: DateTime<Utc>, limit: i64) -> Result<Vec<OrderId>, StorageError>;

    /// Sets the next check of a pending order. False when it is no longer pending.
    async fn schedule_check(&self, order: &OrderId, time: DateTime<Utc>) -> Result<bool, StorageError>;

    /// Orders created or updated between two times, sorted by id, after `after`.
    async fn between(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        after: Option<OrderId>,
        limit: i64,
    ) -> Result<Vec<OrderId>, StorageError>;
}

/// Tokens of a canceled order that its buyer has already spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedView {
    pub number: i64,
    pub order_id: String,
    /// Id and username; `None` when the account is erased.
    pub buyer: Option<Named>,
    pub package: String,
    /// Tokens ordered.
    pub amount: Tokens,
    /// The part that was spent.
    pub owed: Tokens,
    pub created_at: DateTime<Utc>,
    pub canceled_at: DateTime<Utc>,
}

/// Reads packages and owed tokens.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PurchaseQueries: Send + Sync {
    /// Packages on sale, in display order.
    async fn packages(&self) -> Result<Vec<TokenPackage>, StorageError>;

    /// A page of owed tokens, newest order first.
    async fn owed(&self, page: PageRequest) -> Result<Page<OwedView>, StorageError>;
}
