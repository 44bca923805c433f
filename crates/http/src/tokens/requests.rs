//! Queries of `/api/tokens` and `/api/payments`, and bodies of purchases and payment events.

use domain::tokens::{OrderId, TransactionFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    edge::fields::{Once, OrDefault, TimePage},
    request,
};

request! {
    pub struct TransactionQuery {
        /// Which transactions.
        filter as "type": OrDefault<TransactionFilter> = "usage",
        page: TimePage,
    }
}

request! {
    /// What is ordered.
    pub struct PurchaseTokens {
        /// A package of `GET /api/tokens/packages`.
        package_id: String = "basic_100",
    }
}

request! {
    /// A return after the buyer agreed to pay.
    pub struct PaymentSuccessQuery {
        /// The provider's key of the payment.
        payment_key as "paymentKey": Once,
        /// The order.
        order_id as "orderId": Once,
        /// The sum agreed to.
        amount: Once = "10000",
    }
}

request! {
    /// A return after the payment failed.
    pub struct PaymentFailQuery {
        /// The provider's code.
        code: Once = "PAY_PROCESS_CANCELED",
        /// The order.
        order_id as "orderId": Once,
    }
}

/// An event of the payment provider. Only the order is read, the rest is asked of the provider. Also taken: the payment's
/// fields without an envelope.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentEvent {
    /// The payment.
    data: Option<EventPayment>,
    /// The order, without an envelope.
    order_id: Option<String>,
}

/// The payment of an event.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventPayment {
    /// The order.
    #[schema(example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")]
    order_id: Option<String>,
}

impl PaymentEvent {
    /// The order that a body names.
    pub fn order_of(body: &[u8]) -> Option<OrderId> {
        let event: Self = serde_json::from_slice(body).ok()?;
        let named = event.data.and_then(|data| data.order_id).or(event.order_id)?;
        OrderId::parse(&named).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_found_in_both_shapes() {
        for body in [
            r#"{"eventType":"PAYMENT_STATUS_CHANGED","createdAt":"x","data":{"orderId":"order-1","status":"DONE"}}"#,
            r#"{"paymentKey":"k","orderId":"order-1","status":"DONE","totalAmount":10000}"#,
            r#"{"data":null,"orderId":"order-1"}"#,
        ] {
            assert_eq!(
                PaymentEvent::order_of(body.as_bytes()),
                OrderId::parse("order-1").ok(),
                "{body}"
            );
        }
    }

    #[test]
    fn what_names_no_order_means_nothing() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"orderId":7}"#,
            r#"{"orderId":"a b c d e f"}"#,
            r#"{"data":{}}"#,
        ] {
            assert_eq!(PaymentEvent::order_of(body.as_bytes()), None, "{body}");
        }
    }
}
