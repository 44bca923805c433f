//! Packages, orders, and what is owed.

use application::payments::{Noted, PlacedOrder};
use domain::{Money, TokenPackage, Tokens, payment::Order};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::envelope::{MoneyAmount, Timestamp};

/// Tokens and their price.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackageOffer {
    /// The package.
    #[schema(example = "basic_100")]
    pub package_id: String,
    /// Tokens.
    #[schema(example = 100)]
    pub amount_tokens: i64,
    /// Price of one token.
    pub price_per_token: Option<MoneyAmount>,
    /// ISO 4217 code.
    #[schema(example = "KRW")]
    pub currency_code: String,
    /// Price of all.
    pub total_price: MoneyAmount,
}

impl PackageOffer {
    fn new(package_id: String, amount: Tokens, price: Money) -> Self {
        Self {
            package_id,
            amount_tokens: amount.get(),
            price_per_token: price.per_token(amount).map(MoneyAmount),
            total_price: MoneyAmount(price.amount),
            currency_code: price.currency,
        }
    }
}

impl From<TokenPackage> for PackageOffer {
    fn from(package: TokenPackage) -> Self {
        Self::new(package.code, package.amount, package.price)
    }
}

/// An order that waits for its payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedOrder {
    /// The order.
    #[schema(example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")]
    pub order_id: String,
    /// Where the buyer pays: send the browser there.
    #[schema(example = "https://payment-gateway.tosspayments.com/pay")]
    pub payment_url: String,
    /// What was ordered.
    #[serde(flatten)]
    pub offer: PackageOffer,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
}

impl From<PlacedOrder> for CreatedOrder {
    fn from(order: PlacedOrder) -> Self {
        Self {
            order_id: order.id.to_string(),
            payment_url: order.payment_url,
            offer: order.package.into(),
            expires_at: Timestamp(order.expires_at),
        }
    }
}

/// An order of one's own.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseOrder {
    /// The order.
    #[schema(example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")]
    pub order_id: String,
    /// `pending`, `paid`, `failed`, `expired` or `canceled`.
    #[schema(example = "paid")]
    pub status: &'static str,
    /// What was ordered, at the price of then.
    #[serde(flatten)]
    pub offer: PackageOffer,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<Order> for PurchaseOrder {
    fn from(order: Order) -> Self {
        Self {
            order_id: order.id.to_string(),
            status: order.state.as_str(),
            offer: PackageOffer::new(order.package, order.amount, order.price),
            expires_at: Timestamp(order.expires_at),
            created_at: Timestamp(order.created_at),
        }
    }
}

/// What a payment provider's event did.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentEventResult {
    /// Whether the order changed; false for duplicates, late events, and those about nothing of ours.
    pub applied: bool,
    /// State of the order now; null when there is no such order.
    #[schema(example = "paid")]
    pub status: Option<&'static str>,
}

impl From<Option<Noted>> for PaymentEventResult {
    fn from(noted: Option<Noted>) -> Self {
        Self {
            applied: noted.is_some_and(|noted| noted.applied),
            status: noted.map(|noted| noted.state.as_str()),
        }
    }
}
