//! What an answer that is not a yes means (<https://docs.tosspayments.com/reference/error-codes>).

use std::fmt::Display;

use domain::tokens::PaymentError;
use reqwest::StatusCode;
use serde::Deserialize;

/// The longest code that is believed to be one.
const MAX_CODE_BYTES: usize = 100;

/// How much of Toss's words is kept.
const MAX_MESSAGE_CHARS: usize = 500;

/// An equal call is under way: its outcome is not known yet, but sending the same again will tell.
const BUSY: &str = "IDEMPOTENT_REQUEST_PROCESSING";

/// Codes of a 4xx answer that do not say whether money was taken.
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

/// Codes that say that the shop is set up wrongly, whoever the buyer is.
const OUR_FAULT: [&str; 8] = [
    "FORBIDDEN_REQUEST",
    "INCORRECT_BASIC_AUTH_FORMAT",
    "INVALID_API_KEY",
    "INVALID_AUTHORIZE_AUTH",
    "INVALID_IDEMPOTENCY_KEY",
    "NOT_FOUND_TERMINAL_ID",
    "NOT_SUPPORTED_METHOD",
    "UNAUTHORIZED_KEY",
];

/// The code of a 404 that says that there is no such payment; any other 404 may be a wrong address.
const NOT_FOUND: &str = "NOT_FOUND_PAYMENT";

/// Toss's words for a no.
#[derive(Deserialize)]
struct ErrorBody {
    code: String,
    #[serde(default)]
    message: String,
}

/// An answer that is not a yes: what it means, and what only the caller can tell from it.
pub(crate) struct Refusal {
    error: PaymentError,
    busy: bool,
    not_found: bool,
}

impl Refusal {
    pub(crate) fn read(status: StatusCode, body: &[u8]) -> Self {
        let Some(ErrorBody { code, message }) = error_body(body) else {
            return without_body(status).into();
        };
        let busy = code == BUSY;
        let not_found = status == StatusCode::NOT_FOUND && code == NOT_FOUND;
        Self {
            error: classify(status, code, &message),
            busy,
            not_found,
        }
    }

    /// A request of ours that cannot be sent.
    pub(crate) fn of_request(part: &str) -> Self {
        PaymentError::Misconfigured(format!("{part} cannot be sent")).into()
    }

    /// Whether the same has to be sent again to learn the outcome.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy
    }

    /// Whether Toss knows no such payment.
    pub(crate) fn is_not_found(&self) -> bool {
        self.not_found
    }
}

impl From<PaymentError> for Refusal {
    fn from(error: PaymentError) -> Self {
        Self {
            error,
            busy: false,
            not_found: false,
        }
    }
}

impl From<Refusal> for PaymentError {
    fn from(refusal: Refusal) -> Self {
        refusal.error
    }
}

/// Nobody can tell from this what happened.
pub(crate) fn unknown(reason: impl Display) -> PaymentError {
    PaymentError::Unknown(reason.to_string())
}

fn error_body(body: &[u8]) -> Option<ErrorBody> {
    let error: ErrorBody = serde_json::from_slice(body).ok()?;
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_code = (1..=MAX_CODE_BYTES).contains(&error.code.len()) && error.code.bytes().all(word);
    is_code.then_some(error)
}

/// Refused cards come as 400 and as 403, so the status alone says little.
fn classify(status: StatusCode, code: String, message: &str) -> PaymentError {
    let uncertain = !status.is_client_error()
        || matches!(
            status,
            StatusCode::CONFLICT | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        )
        || UNCERTAIN.contains(&code.as_str());
    if status == StatusCode::UNAUTHORIZED || (status.is_client_error() && OUR_FAULT.contains(&code.as_str()))
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

/// An answer without Toss's words may be somebody else's: a gateway's, say.
fn without_body(status: StatusCode) -> PaymentError {
    let text = format!("it answers {} without a code", status.as_u16());
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => PaymentError::Misconfigured(text),
        _ => PaymentError::Unknown(text),
    }
}

/// Words to be shown and stored: no line breaks, no NUL, not endless.
fn one_line(message: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    message.chars().map(clean).take(MAX_MESSAGE_CHARS).collect()
}
