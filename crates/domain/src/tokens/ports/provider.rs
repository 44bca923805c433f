//! The payment provider port.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{Money, tokens::Payment};

/// A payment to create at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutOrder {
    /// 6 to 64 characters of `[A-Za-z0-9_-]`. Also the idempotency key of all calls for this order.
    pub order_id: String,
    /// Shown to the buyer ("Style License 100 tokens").
    pub name: String,
    pub price: Money,
}

/// A created payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    pub payment_key: String,
    /// Where the buyer pays.
    pub url: String,
}

/// An error of a provider call.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PaymentError {
    /// Refused permanently (card declined, payment expired). No money was taken.
    #[error("the payment provider refused: {code}")]
    Refused {
        /// The provider's code, `REJECT_CARD_COMPANY`.
        code: String,
        message: String,
    },
    /// The outcome is unknown (timeout, 5xx, 409, `ALREADY_PROCESSED_PAYMENT`, `PROVIDER_ERROR`). Read the payment
    /// before any decision.
    #[error("the outcome at the payment provider is unknown: {0}")]
    Unknown(String),
    /// The provider rejects our credentials or our request. Needs an operator.
    #[error("the payment provider does not accept our calls: {0}")]
    Misconfigured(String),
}

/// An entry of the provider's list of charges and refunds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderTransaction {
    /// Cursor of the list.
    pub transaction_key: String,
    pub payment_key: String,
    pub order_id: String,
}

/// A payment provider. Every call has a timeout and is idempotent.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Creates a payment.
    async fn checkout(&self, order: &CheckoutOrder) -> Result<Checkout, PaymentError>;

    /// Charges a payment that its buyer has authenticated.
    async fn confirm(
        &self,
        payment_key: &str,
        order_id: &str,
        amount: &Money,
    ) -> Result<Payment, PaymentError>;

    /// Refunds a payment fully. `reason` is shown to the shop's owner at the provider.
    async fn cancel(&self, payment_key: &str, order_id: &str, reason: &str) -> Result<Payment, PaymentError>;

    /// Reads a payment by its key.
    async fn payment(&self, payment_key: &str) -> Result<Option<Payment>, PaymentError>;

    async fn payment_of_order(&self, order_id: &str) -> Result<Option<Payment>, PaymentError>;

    /// A page of the provider's list between two times, oldest first, after the transaction with the key `after`.
    /// Fewer than `limit` entries mean the end.
    async fn transactions(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        after: Option<String>,
        limit: u32,
    ) -> Result<Vec<ProviderTransaction>, PaymentError>;
}
