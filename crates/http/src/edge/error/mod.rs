//! Error responses.

mod field_errors;

use std::{error::Error, fmt};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use domain::{StorageError, object::ObjectError};
use serde_json::{Value, json};

pub use field_errors::FieldErrors;

use crate::edge::{
    envelope::{ErrorBody, ErrorInfo},
    error_code::ErrorCode,
    language::Lang,
    messages::Cause,
};

/// The `details` of an error body.
#[derive(Debug, Clone, PartialEq)]
enum Details {
    None,
    Fields(FieldErrors),
    Object(Value),
}

/// An error response. It contains no text: the error middleware renders it in the language of the request.
#[derive(Debug, Clone)]
pub struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    cause: Option<Cause>,
    details: Details,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl ApiError {
    /// An error with the status and message of `code`, without details.
    pub fn new(code: ErrorCode) -> Self {
        Self {
            status: code.status(),
            code,
            cause: None,
            details: Details::None,
            headers: Vec::new(),
        }
    }

    /// Malformed input: 400 `INVALID_REQUEST` with the message of `cause`.
    pub fn invalid(cause: Cause) -> Self {
        Self::new(ErrorCode::InvalidRequest).because(cause)
    }

    /// 422 with a message for each field.
    pub fn validation(errors: FieldErrors) -> Self {
        let mut error = Self::new(errors.code());
        error.details = Details::Fields(errors);
        error
    }

    /// 422 for one field.
    pub fn field(field: impl Into<String>, error: domain::FieldError) -> Self {
        Self::validation(FieldErrors::of(field, error))
    }

    /// 402 `INSUFFICIENT_TOKENS`, both amounts in whole tokens.
    pub fn insufficient_tokens(required: i64, available: i64) -> Self {
        Self::new(ErrorCode::InsufficientTokens)
            .with_details(json!({ "required": required, "available": available }))
    }

    /// 405 with the methods of the path in `Allow`.
    pub fn method_not_allowed<'a>(allowed: impl IntoIterator<Item = &'a Method>) -> Self {
        let list: Vec<&str> = allowed.into_iter().map(Method::as_str).collect();
        let error = Self::new(ErrorCode::MethodNotAllowed);
        match HeaderValue::from_str(&list.join(", ")) {
            Ok(value) => error.with_header(header::ALLOW, value),
            Err(_) => error,
        }
    }

    /// 503 `SERVICE_UNAVAILABLE` with `Retry-After`: a dependency is down or busy.
    pub fn unavailable() -> Self {
        Self::new(ErrorCode::ServiceUnavailable)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// 500. The error is logged and not sent to the client.
    pub fn internal(error: impl Error) -> Self {
        tracing::error!(error = %chain(&error), "a request failed");
        Self::new(ErrorCode::InternalServerError)
    }

    /// The general error for a status that another crate has set.
    pub fn of_status(status: StatusCode) -> Self {
        Self {
            status,
            ..Self::new(ErrorCode::of_status(status))
        }
    }

    /// Replaces the message of the code by a more specific one.
    #[must_use]
    pub fn because(mut self, cause: Cause) -> Self {
        self.cause = Some(cause);
        self
    }

    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = Details::Object(details);
        self
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The error body in `lang`.
    pub fn body(&self, lang: Lang) -> Value {
        let message = self
            .cause
            .map_or_else(|| self.code.text(lang), |cause| cause.text(lang));
        let details = match &self.details {
            Details::None => None,
            Details::Fields(errors) => Some(errors.render(lang)),
            Details::Object(object) => Some(object.clone()),
        };
        json!(ErrorBody {
            success: false,
            error: ErrorInfo {
                code: self.code,
                message: message.into(),
                details,
            },
        })
    }

    pub(crate) fn response(&self, lang: Lang) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response
            .insert_header((header::CONTENT_LANGUAGE, lang.tag()))
            .append_header((header::VARY, "Accept-Language"))
            .json(self.body(lang))
    }
}

/// An error and its sources on one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    /// In English. The error is stored in the response's extensions, so that the error middleware can render it again
    /// in the language of the request.
    fn error_response(&self) -> HttpResponse {
        let mut response = self.response(Lang::English);
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unavailable(_) | StorageError::Aborted(_) => {
                tracing::warn!(error = %chain(&error), "a database query failed");
                Self::unavailable()
            }
            StorageError::Corrupt(_) | StorageError::Other(_) => Self::internal(error),
        }
    }
}

impl From<ObjectError> for ApiError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Unavailable(_) => {
                tracing::warn!(%error, "an object store call failed");
                Self::unavailable()
            }
            ObjectError::NotFound | ObjectError::Refused(_) => Self::internal(error),
        }
    }
}
