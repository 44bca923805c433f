//! Request types of `/api/tokens`, `/api/payments` and the payment webhook.

use domain::tokens::{OrderId, TransactionFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    edge::fields::{OrDefault, SingleParam, TimePage},
    request,
};

request! {
    pub struct TransactionQuery {
        /// Type of the transactions.
        filter as "type": OrDefault<TransactionFilter> = "usage",
        page: TimePage,
    }
}

request! {
    /// An order of a token package.
    pub struct PurchaseTokens {
        /// Id of a package in `GET /api/tokens/packages`.
        package_id: String = "basic_100",
    }
}

request! {
    /// Query of the redirect after an approved payment.
    pub struct PaymentSuccessQuery {
        /// Payment key of the provider.
        payment_key as "paymentKey": SingleParam,
        /// Id of the order.
        order_id as "orderId": SingleParam,
        /// Approved amount.
        amount: SingleParam = "10000",
    }
}

request! {
    /// Query of the redirect after a failed payment.
    pub struct PaymentFailQuery {
        /// Error code of the provider.
        code: SingleParam = "PAY_PROCESS_CANCELED",
        /// Id of the order.
        order_id as "orderId": SingleParam,
    }
}

/// An event of the payment provider. Only the order id is used, everything else is read from the provider. The fields of
/// the payment are also accepted without an envelope.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentEvent {
    data: Option<EventPayment>,
    /// Id of the order in an event without an envelope.
    order_id: Option<String>,
}

/// The payment of an event.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventPayment {
    /// Id of the order.
    #[schema(example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")]
    order_id: Option<String>,
}

impl PaymentEvent {
    pub fn order_of(body: &[u8]) -> Option<OrderId> {
        let event: Self = serde_json::from_slice(body).ok()?;
        let order_id = event.data.and_then(|data| data.order_id).or(event.order_id)?;
        OrderId::parse(&order_id).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_id_is_read_with_and_without_an_envelope() {
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
    fn events_without_an_order_id_are_ignored() {
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
