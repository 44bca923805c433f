//! Packages, orders, and what is owed.

use application::tokens::{OrderOutcome, PlacedOrder};
use domain::{
    Money, TokenPackage, Tokens,
    tokens::{Order, OwedView},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::tokens::PartyDto;
use crate::envelope::{MoneyAmount, Timestamp};

/// Tokens and their price.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferDto {
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

impl OfferDto {
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

impl From<TokenPackage> for OfferDto {
    fn from(package: TokenPackage) -> Self {
        Self::new(package.code, package.amount, package.price)
    }
}

/// What is ordered.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct PurchaseBody {
    /// A package of `GET /api/tokens/packages`.
    #[schema(example = "basic_100")]
    pub package_id: String,
}

/// An order that waits for its payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacedOrderDto {
    /// The order.
    #[schema(example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")]
    pub order_id: String,
    /// Where the buyer pays: send the browser there.
    #[schema(example = "https://payment-gateway.tosspayments.com/pay")]
    pub payment_url: String,
    /// What was ordered.
    #[serde(flatten)]
    pub offer: OfferDto,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
}

impl From<PlacedOrder> for PlacedOrderDto {
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
pub struct OrderDto {
    /// The order.
    #[schema(example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")]
    pub order_id: String,
    /// `pending`, `paid`, `failed`, `expired` or `canceled`.
    #[schema(example = "paid")]
    pub status: &'static str,
    /// What was ordered, at the price of then.
    #[serde(flatten)]
    pub offer: OfferDto,
    /// Until when it can be paid.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<Order> for OrderDto {
    fn from(order: Order) -> Self {
        Self {
            order_id: order.id.to_string(),
            status: order.state.as_str(),
            offer: OfferDto::new(order.package, order.amount, order.price),
            expires_at: Timestamp(order.expires_at),
            created_at: Timestamp(order.created_at),
        }
    }
}

/// What a payment provider's event did.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentEventDto {
    /// Whether the order changed; false for duplicates, late events, and those about nothing of ours.
    pub applied: bool,
    /// State of the order now; null when there is no such order.
    #[schema(example = "paid")]
    pub status: Option<&'static str>,
}

impl From<Option<OrderOutcome>> for PaymentEventDto {
    fn from(outcome: Option<OrderOutcome>) -> Self {
        Self {
            applied: outcome.is_some_and(|outcome| outcome.applied),
            status: outcome.map(|outcome| outcome.state.as_str()),
        }
    }
}

/// Body of the payment provider's events; also taken: the payment's fields without an envelope.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct PaymentEvent {
    /// What happened.
    #[schema(example = "PAYMENT_STATUS_CHANGED")]
    #[schema(rename = "eventType")]
    pub event_type: String,
    /// When.
    #[schema(rename = "createdAt", example = "2026-11-01T09:00:00.000000")]
    pub created_at: String,
    /// The payment; only `orderId` is read, everything else is read back from the provider.
    #[schema(value_type = Object, example = json!({"orderId": "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30", "paymentKey": "tgen_20261101", "status": "DONE"}))]
    pub data: serde_json::Value,
}

/// Tokens of a canceled order that its buyer had spent already.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwedTokensDto {
    /// The order.
    #[schema(example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")]
    pub order_id: String,
    /// The buyer; null once the account is erased.
    pub user: Option<PartyDto>,
    /// What was ordered.
    #[schema(example = "basic_100")]
    pub package_id: String,
    /// Tokens ordered.
    #[schema(example = 100)]
    pub amount_tokens: i64,
    /// Of these, spent and owed.
    #[schema(example = 30)]
    pub owed_tokens: i64,
    /// When the order was made.
    pub created_at: Timestamp,
    /// When it was canceled.
    pub canceled_at: Timestamp,
}

impl From<OwedView> for OwedTokensDto {
    fn from(view: OwedView) -> Self {
        Self {
            order_id: view.order_id,
            user: view.buyer.map(PartyDto::from),
            package_id: view.package,
            amount_tokens: view.amount.get(),
            owed_tokens: view.owed.get(),
            created_at: Timestamp(view.created_at),
            canceled_at: Timestamp(view.canceled_at),
        }
    }
}
