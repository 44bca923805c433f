//! Events of the payment provider. They are not signed, so the body only names an order, which is then read from the
//! provider. An event about no order is accepted too: a retry would not help.

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

/// The provider waits for ten seconds.
const TIMEOUT: Duration = Duration::from_secs(9);

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(payment);
}

/// Report an event of a payment.
///
/// Reads the payment from the provider and applies it to its order. 503 when it cannot be read, so that the provider
/// calls again.
#[utoipa::path(tag = "webhooks", operation_id = "report_payment", security(()), request_body = PaymentEvent, responses(
    (status = 200, body = Envelope<PaymentEventResult>), CommonErrors,
    (status = 413, description = "`PAYLOAD_TOO_LARGE`", body = ErrorBody),
    (status = 415, description = "`UNSUPPORTED_MEDIA_TYPE`", body = ErrorBody)))]
#[post("/webhooks/toss/payment")]
async fn payment(request: HttpRequest, payload: Payload, service: Data<PaymentService>) -> ApiResult {
    let body = read_body(&request, payload.into_inner(), MAX_JSON_BYTES).await?;
    let outcome = match PaymentEvent::order_of(&body) {
        // A timeout leaves nothing half done: one statement writes the result.
        Some(order) => timeout(TIMEOUT, service.refresh_from_provider(&order))
            .await
            .map_err(|_| ApiError::unavailable())??,
        None => None,
    };
    Ok(ok(PaymentEventResult::from(outcome)))
}
