//! Orders of tokens: each write is one statement, guarded by the state that was read.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    Money, StorageError, TokenPackage, Tokens, UserId,
    id::Named,
    page::{Page, PageRequest},
    tokens::{Order, OrderId, OrderState, PaymentStatus},
};

/// An order to store, whose payment waits at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    pub id: OrderId,
    pub buyer: UserId,
    pub package: String,
    /// How many tokens.
    pub amount: Tokens,
    pub price: Money,
    /// The provider's key of the payment.
    pub payment_key: String,
    pub payment_url: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
    /// When to look at it by itself.
    pub look_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// An order as it was read, and what its payment said: nothing is written when the order has changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedOrder {
    pub id: OrderId,
    /// The state it was read in.
    pub state: OrderState,
    /// What its payment said; absent when the provider has none.
    pub payment: Option<PaymentStatus>,
    pub now: DateTime<Utc>,
}

/// The statements. False: the order has changed since it was read, and nothing was written.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Purchases: Send + Sync {
    /// Stores an order. False when the account is gone.
    async fn add(&self, order: NewOrder) -> Result<bool, StorageError>;

    /// Reads an order.
    async fn find(&self, order: &OrderId) -> Result<Option<Order>, StorageError>;

    /// The order becomes paid and its tokens go to the buyer, with their ledger entry.
    async fn grant(&self, seen: ExpectedOrder) -> Result<bool, StorageError>;

    /// The paid order becomes canceled; what the buyer still has of its tokens goes back, with its ledger entry, and
    /// the rest is recorded as owed.
    async fn reverse(&self, seen: ExpectedOrder) -> Result<bool, StorageError>;

    /// The order ends in a state that moves no tokens.
    async fn end(&self, seen: ExpectedOrder, end: OrderState) -> Result<bool, StorageError>;

    /// Keeps what the payment said.
    async fn note(&self, seen: ExpectedOrder) -> Result<bool, StorageError>;

    /// Pending orders that are to be looked at by `now`, the longest due first.
    async fn due(&self, now: DateTime<Utc>, limit: i64) -> Result<Vec<OrderId>, StorageError>;

    /// Sets when a pending order is looked at next. False when it is no longer pending.
    async fn look_at(&self, order: &OrderId, time: DateTime<Utc>) -> Result<bool, StorageError>;

    /// Orders made or changed between two times, the first `limit` by name after `after`.
    async fn between(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        after: Option<OrderId>,
        limit: i64,
    ) -> Result<Vec<OrderId>, StorageError>;
}

/// Tokens of a canceled order that its buyer had spent already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedView {
    pub number: i64,
    /// The order.
    pub order_id: String,
    /// Id and username of the buyer; absent once the account is erased.
    pub buyer: Option<Named>,
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
