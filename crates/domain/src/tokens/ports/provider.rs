//! The payment provider.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{Money, tokens::Payment};

/// What a buyer is sent to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutOrder {
    /// Our order, 6 to 64 of `[A-Za-z0-9_-]`; also the idempotency key of every call about it.
    pub order_id: String,
    /// What the buyer reads ("Style License 100 tokens").
    pub name: String,
    pub price: Money,
}

/// A payment that waits for its buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    pub payment_key: String,
    pub url: String,
}

/// Why the provider did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PaymentError {
    /// It refused for good (the card was declined, the payment expired): nothing was taken.
    #[error("the payment provider refused: {code}")]
    Refused {
        /// Its code, `REJECT_CARD_COMPANY`.
        code: String,
        message: String,
    },
    /// It may or may not have done it (timeout, 5xx, 409, `ALREADY_PROCESSED_PAYMENT`, `PROVIDER_ERROR`): the payment
    /// must be read before anything is decided.
    #[error("whether the payment provider did it is not known: {0}")]
    Unknown(String),
    /// It does not accept our credentials or our request: for an operator, not for the buyer.
    #[error("the payment provider does not accept our calls: {0}")]
    Misconfigured(String),
}

/// A line of the provider's own list of money taken and given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderTransaction {
    /// Its key; pages go on after it.
    pub transaction_key: String,
    pub payment_key: String,
    /// Our order.
    pub order_id: String,
}

/// Takes payments. Every call has a timeout, and a repeat of any has no second effect.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Prepares a payment and returns where the buyer pays.
    async fn checkout(&self, order: &CheckoutOrder) -> Result<Checkout, PaymentError>;

    /// Takes the money of a payment its buyer has agreed to.
    async fn confirm(
        &self,
        payment_key: &str,
        order_id: &str,
        amount: &Money,
    ) -> Result<Payment, PaymentError>;

    /// Gives all of a payment's money back. `reason` is read by the shop's owner at the provider.
    async fn cancel(&self, payment_key: &str, order_id: &str, reason: &str) -> Result<Payment, PaymentError>;

    /// Reads a payment by the provider's key; `None` when there is none.
    async fn payment(&self, payment_key: &str) -> Result<Option<Payment>, PaymentError>;

    /// Reads the payment of an order; `None` when there is none.
    async fn payment_of_order(&self, order_id: &str) -> Result<Option<Payment>, PaymentError>;

    /// A page of the provider's list between two times, oldest first, after the transaction of this key. At most
    /// `limit` lines; fewer mean the end.
    async fn transactions(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        after: Option<String>,
        limit: u32,
    ) -> Result<Vec<ProviderTransaction>, PaymentError>;
}
