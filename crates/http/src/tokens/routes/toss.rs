//! Events of the payment provider. They carry no signature, so the body only says which order to look at: what counts is
//! what is then read from the provider. An event that can never mean anything is taken all the same: sent again, it would
//! not mean more.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Data, Payload},
};
use application::payments::PaymentService;
use tokio::time::timeout;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    edge::{
        body::{MAX_JSON_BYTES, read_body},
        documented::CommonErrors,
        envelope::{Envelope, ErrorBody, ok},
        error::ApiError,
    },
    tokens::{requests::PaymentEvent, responses::PaymentEventResult},
};

/// The provider waits for ten seconds.
const PATIENCE: Duration = Duration::from_secs(9);

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
async fn payment(
    request: HttpRequest,
    payload: Payload,
    service: Data<PaymentService>,
) -> Result<HttpResponse, ApiError> {
    let body = read_body(&request, payload.into_inner(), MAX_JSON_BYTES).await?;
    let noted = match PaymentEvent::order_of(&body) {
        // Cut off in time, nothing is half done: what was read is written by one statement.
        Some(order) => timeout(PATIENCE, service.told_of(&order))
            .await
            .map_err(|_| ApiError::unavailable())??,
        None => None,
    };
    Ok(ok(PaymentEventResult::from(noted)))
}
