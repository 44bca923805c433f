//! Errors with the codes and statuses of Toss (<https://docs.tosspayments.com/reference/error-codes>).

use actix_web::http::StatusCode;
use serde_json::{Value, json};

/// Errors of a confirmation that do not change the payment; a retry may succeed.
const TEMPORARY: [&str; 2] = ["PROVIDER_ERROR", "CARD_PROCESSING_ERROR"];

fn status_and_message(code: &str) -> (u16, &'static str) {
    match code {
        "ALREADY_CANCELED_PAYMENT" => (400, "This payment has already been canceled."),
        "ALREADY_PROCESSED_PAYMENT" => (400, "This is a payment that has already been processed."),
        "DUPLICATED_ORDER_ID" => (400, "An order with this id has already been paid."),
        "EXPIRED_PAYMENT" => (400, "The payment has expired. Please try again."),
        "INVALID_IDEMPOTENCY_KEY" => (400, "The idempotency key is too long."),
        "INVALID_REQUEST" => (400, "The bad request."),
        "INVALID_STOPPED_CARD" => (400, "This is a suspended card."),
        "EXCEED_MAX_AMOUNT" => (400, "The amount is above the card's limit."),
        "PROVIDER_ERROR" => (400, "This is temporary error. Please try again in a few minutes."),
        "UNAUTHORIZED_KEY" => (401, "Unauthorized secretKey or clientKey."),
        "FORBIDDEN_REQUEST" => (403, "Not allowed request."),
        "INCORRECT_BASIC_AUTH_FORMAT" => (403, "Incorrect basic auth format. Encode it with ':'."),
        "NOT_CANCELABLE_AMOUNT" => (403, "This amount cannot be canceled."),
        "NOT_CANCELABLE_PAYMENT" => (403, "This payment cannot be canceled."),
        "REJECT_CARD_COMPANY" => (403, "The card company refused the payment."),
        "REJECT_CARD_PAYMENT" => (403, "The card has not enough balance or is over its limit."),
        "NOT_FOUND" => (404, "Not found."),
        "NOT_FOUND_PAYMENT" => (404, "Not found payment."),
        "NOT_FOUND_PAYMENT_SESSION" => (404, "The time to pay is over, nothing is left of this payment."),
        "IDEMPOTENT_REQUEST_PROCESSING" => (409, "The same request is being processed."),
        "FAILED_INTERNAL_SYSTEM_PROCESSING" => (
            500,
            "Internal system processing has failed. Please try again later.",
        ),
        "UNKNOWN_PAYMENT_ERROR" => (500, "The payment failed. Please ask your bank or card company."),
        _ => (400, "The payment was refused."),
    }
}

#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) status: StatusCode,
    pub(super) message: &'static str,
}

impl Refusal {
    pub(super) fn of(code: &str) -> Self {
        let (status, message) = status_and_message(code);
        Self {
            code: code.to_owned(),
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            message,
        }
    }

    /// Whether the error ends the payment.
    pub(super) fn is_final(&self) -> bool {
        !self.status.is_server_error() && !TEMPORARY.contains(&self.code.as_str())
    }

    pub(super) fn body(&self) -> Value {
        json!({"code": self.code, "message": self.message})
    }
}
