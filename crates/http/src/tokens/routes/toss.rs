//! Webhook of the payment provider. Events are not signed, so only the order id is used and the payment is read from the
//! provider. An event without an order is accepted, because a retry would not help.

use std::time::Duration;

use actix_web::{HttpRequest, web::Payload};
use application::tokens::PaymentService;
use tokio::time::timeout;

use crate::{
    edge::{
        body::{MAX_JSON_BYTES, read_body},
        prelude::*,
    },
    tokens::{requests::PaymentEvent, responses::PaymentEventResult},
};

/// The provider has a timeout of ten seconds.
const TIMEOUT: Duration = Duration::from_secs(9);

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(payment);
}

/// Report a payment event.
///
/// Reads the payment from the provider and updates the order. 503 if the payment cannot be read, so that the provider
/// retries.
#[utoipa::path(tag = "webhooks", operation_id = "report_payment", security(()), request_body = PaymentEvent, responses(
    (status = 200, body = Envelope<PaymentEventResult>), CommonErrors,
    (status = 413, description = "`PAYLOAD_TOO_LARGE`", body = ErrorBody),
    (status = 415, description = "`UNSUPPORTED_MEDIA_TYPE`", body = ErrorBody)))]
#[post("/webhooks/toss/payment")]
async fn payment(request: HttpRequest, payload: Payload, service: Data<PaymentService>) -> ApiResult {
    let body = read_body(&request, payload.into_inner(), MAX_JSON_BYTES).await?;
    let outcome = match PaymentEvent::order_of(&body) {
        // Safe to cancel: the result is written in one statement.
        Some(order) => timeout(TIMEOUT, service.refresh_from_provider(&order))
            .await
            .map_err(|_| ApiError::unavailable())??,
        None => None,
    };
    Ok(ok(PaymentEventResult::from(outcome)))
}
