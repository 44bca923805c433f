//! Classification of error responses (<https://docs.tosspayments.com/reference/error-codes>).

use std::fmt::Display;

use domain::tokens::PaymentError;
use reqwest::StatusCode;
use serde::Deserialize;

/// Longer codes are not used.
const MAX_CODE_BYTES: usize = 100;

/// Longer messages are cut.
const MAX_MESSAGE_CHARS: usize = 500;

/// Toss is processing an equal request; a retry returns its outcome.
const BUSY: &str = "IDEMPOTENT_REQUEST_PROCESSING";

/// Codes of 4xx responses that leave open whether the payment was captured.
const UNCERTAIN: [&str; 9] = [
    BUSY,
    "ALREADY_PROCESSED_PAYMENT",
    "CARD_PROCESSING_ERROR",
    "COMMON_ERROR",
    "DUPLICATED_ORDER_ID",
    "FAILED_INTERNAL_SYSTEM_PROCESSING",
    "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
    "PROVIDER_ERROR",
    "UNKNOWN_PAYMENT_ERROR",
];

/// Codes for a wrong configuration of the shop, independent of the buyer.
const MISCONFIGURED: [&str; 8] = [
    "FORBIDDEN_REQUEST",
    "INCORRECT_BASIC_AUTH_FORMAT",
    "INVALID_API_KEY",
    "INVALID_AUTHORIZE_AUTH",
    "INVALID_IDEMPOTENCY_KEY",
    "NOT_FOUND_TERMINAL_ID",
    "NOT_SUPPORTED_METHOD",
    "UNAUTHORIZED_KEY",
];

/// A 404 with another code may be caused by a wrong URL.
const NOT_FOUND: &str = "NOT_FOUND_PAYMENT";

#[derive(Deserialize)]
struct ErrorBody {
    code: String,
    #[serde(default)]
    message: String,
}

/// A failed call, with the two cases that callers handle themselves.
pub(crate) struct ApiError {
    error: PaymentError,
    busy: bool,
    not_found: bool,
}

impl ApiError {
    pub(crate) fn from_response(status: StatusCode, body: &[u8]) -> Self {
        let Some(ErrorBody { code, message }) = error_body(body) else {
            return classify_without_code(status).into();
        };
        let busy = code == BUSY;
        let not_found = status == StatusCode::NOT_FOUND && code == NOT_FOUND;
        Self {
            error: classify(status, code, &message),
            busy,
            not_found,
        }
    }

    pub(crate) fn invalid_request(part: &str) -> Self {
        PaymentError::Misconfigured(format!("{part} cannot be sent")).into()
    }

    /// Whether a retry is needed to learn the outcome.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy
    }

    /// Whether the payment does not exist.
    pub(crate) fn is_not_found(&self) -> bool {
        self.not_found
    }
}

impl From<PaymentError> for ApiError {
    fn from(error: PaymentError) -> Self {
        Self {
            error,
            busy: false,
            not_found: false,
        }
    }
}

impl From<ApiError> for PaymentError {
    fn from(error: ApiError) -> Self {
        error.error
    }
}

pub(crate) fn unknown(reason: impl Display) -> PaymentError {
    PaymentError::Unknown(reason.to_string())
}

fn error_body(body: &[u8]) -> Option<ErrorBody> {
    let error: ErrorBody = serde_json::from_slice(body).ok()?;
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_code = (1..=MAX_CODE_BYTES).contains(&error.code.len()) && error.code.bytes().all(word);
    is_code.then_some(error)
}

/// The status alone is not enough: declined cards are reported as 400 and as 403.
fn classify(status: StatusCode, code: String, message: &str) -> PaymentError {
    let uncertain = !status.is_client_error()
        || matches!(
            status,
            StatusCode::CONFLICT | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        )
        || UNCERTAIN.contains(&code.as_str());
    if status == StatusCode::UNAUTHORIZED
        || (status.is_client_error() && MISCONFIGURED.contains(&code.as_str()))
    {
        PaymentError::Misconfigured(format!("it answers {} {code}", status.as_u16()))
    } else if uncertain {
        unknown(format_args!("it answers {} {code}", status.as_u16()))
    } else {
        PaymentError::Refused {
            code,
            message: one_line(message),
        }
    }
}

/// A response without a code may come from a gateway instead of Toss.
fn classify_without_code(status: StatusCode) -> PaymentError {
    let text = format!("it answers {} without a code", status.as_u16());
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => PaymentError::Misconfigured(text),
        _ => PaymentError::Unknown(text),
    }
}

/// The message is displayed and stored: control characters become spaces, and the length is limited.
fn one_line(message: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    message.chars().map(clean).take(MAX_MESSAGE_CHARS).collect()
}
