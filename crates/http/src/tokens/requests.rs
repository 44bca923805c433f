//! Bodies of `/api/tokens` and of payment events.

use utoipa::ToSchema;

/// What is ordered.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct PurchaseBody {
    /// A package of `GET /api/tokens/packages`.
    #[schema(example = "basic_100")]
    pub package_id: String,
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
