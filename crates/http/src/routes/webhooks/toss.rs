//! Events of the payment provider. They carry no signature, so the body only says which order to look at: what counts is
//! what is then read from the provider. An event that can never mean anything is taken all the same: sent again, it would
//! not mean more.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Data, Payload},
};
use application::tokens::PaymentService;
use domain::tokens::OrderId;
use serde::Deserialize;
use tokio::time::timeout;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    dto::purchases::{PaymentEvent, PaymentEventDto},
    envelope::{Envelope, ErrorBody, ok},
    error::ApiError,
    extract::{MAX_JSON_BYTES, read_body},
    routes::documented::Always,
};

/// The provider waits for ten seconds.
const PATIENCE: Duration = Duration::from_secs(9);

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(payment);
}

/// Something happened to a payment: it is read from the provider and applied to its order. 503 when it cannot be read
/// now, so that the provider tells again.
#[utoipa::path(tag = "webhooks", operation_id = "report_payment", security(()), request_body = PaymentEvent, responses(
    (status = 200, body = Envelope<PaymentEventDto>), Always,
    (status = 413, description = "`PAYLOAD_TOO_LARGE`", body = ErrorBody),
    (status = 415, description = "`UNSUPPORTED_MEDIA_TYPE`", body = ErrorBody)))]
#[post("/webhooks/toss/payment")]
async fn payment(
    request: HttpRequest,
    payload: Payload,
    service: Data<PaymentService>,
) -> Result<HttpResponse, ApiError> {
    let body = read_body(&request, payload.into_inner(), MAX_JSON_BYTES).await?;
    let outcome = match order_of(&body) {
        // Cut off in time, nothing is half done: what was read is written by one statement.
        Some(order) => timeout(PATIENCE, service.refresh_from_provider(&order))
            .await
            .map_err(|_| ApiError::unavailable())??,
        None => None,
    };
    Ok(ok(PaymentEventDto::from(outcome)))
}

/// All that is read of an event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    data: Option<Payment>,
    order_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payment {
    order_id: Option<String>,
}

/// The order of `{…, data: {orderId}}` or of `{orderId}`.
fn order_of(body: &[u8]) -> Option<OrderId> {
    let event: Event = serde_json::from_slice(body).ok()?;
    let named = event.data.and_then(|data| data.order_id).or(event.order_id)?;
    OrderId::parse(&named).ok()
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
                order_of(body.as_bytes()),
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
            assert_eq!(order_of(body.as_bytes()), None, "{body}");
        }
    }
}
