//! Response types of token packages and purchases.

use application::{tokens::PlacedOrder, workers::Report};
use domain::{
    Money, TokenPackage, Tokens,
    tokens::{Order, OrderState},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::{
    enums::{Currency, PurchaseStatus},
    envelope::{MoneyAmount, Timestamp},
};

/// A token package and its price.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackageOffer {
    #[schema(example = "basic_100")]
    pub package_id: String,
    #[schema(example = 100, minimum = 1)]
    pub amount_tokens: i64,
    /// Price per token.
    #[schema(required)]
    pub price_per_token: Option<MoneyAmount>,
    pub currency_code: Currency,
    /// Total price.
    pub total_price: MoneyAmount,
}

impl PackageOffer {
    fn new(package_id: String, amount: Tokens, price: Money) -> Self {
        Self {
            package_id,
            amount_tokens: amount.get(),
            price_per_token: price.per_token(amount).map(MoneyAmount),
            total_price: MoneyAmount(price.amount),
            currency_code: Currency(price.currency),
        }
    }
}

impl From<TokenPackage> for PackageOffer {
    fn from(package: TokenPackage) -> Self {
        Self::new(package.code, package.amount, package.price)
    }
}

/// A purchase that awaits payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedOrder {
    #[schema(example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")]
    pub order_id: String,
    /// URL of the checkout. Open it in the browser of the buyer.
    #[schema(example = "https://payment-gateway.tosspayments.com/pay")]
    pub payment_url: String,
    #[serde(flatten)]
    pub offer: PackageOffer,
    /// Deadline of the payment.
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

/// A purchase of the current account, with the price at the time of the order.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseOrder {
    #[schema(example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")]
    pub order_id: String,
    pub status: PurchaseStatus,
    #[serde(flatten)]
    pub offer: PackageOffer,
    /// Deadline of the payment.
    pub expires_at: Timestamp,
    pub created_at: Timestamp,
}

impl From<Order> for PurchaseOrder {
    fn from(order: Order) -> Self {
        Self {
            order_id: order.id.to_string(),
            status: order.state.into(),
            offer: PackageOffer::new(order.package, order.amount, order.price),
            expires_at: Timestamp(order.expires_at),
            created_at: Timestamp(order.created_at),
        }
    }
}

/// Result of an event of the payment provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentEventResult {
    /// Whether the purchase changed. False for duplicate events, late events and unknown orders.
    pub applied: bool,
    /// State of the purchase after the event; null if the order is unknown.
    #[schema(required)]
    pub status: Option<PurchaseStatus>,
}

impl From<Option<Report<OrderState>>> for PaymentEventResult {
    fn from(report: Option<Report<OrderState>>) -> Self {
        Self {
            applied: report.is_some_and(|report| report.applied),
            status: report.map(|report| report.status.into()),
        }
    }
}
