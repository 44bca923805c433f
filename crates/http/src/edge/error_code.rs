//! The error codes of the contract and the status each comes with.

use actix_web::http::StatusCode;
use serde::{Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::edge::enums::of_words;

macro_rules! error_codes {
    ($($name:ident = $status:literal $word:literal),+ $(,)?) => {
        /// A stable, machine-readable reason. Clients branch on it; it never changes with the language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(
                #[doc = concat!("`", $word, "`, status ", stringify!($status), ".")]
                $name,
            )+
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as sent.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// The HTTP status number it comes with.
            fn number(self) -> u16 {
                match self {
                    $(Self::$name => $status,)+
                }
            }
        }
    };
}

error_codes! {
    InvalidRequest = 400 "INVALID_REQUEST",
    InvalidCursor = 400 "INVALID_CURSOR",
    InvalidPackage = 400 "INVALID_PACKAGE",
    SelfFollowNotAllowed = 400 "SELF_FOLLOW_NOT_ALLOWED",
    PurchaseExpired = 400 "PURCHASE_EXPIRED",
    InvalidTokenAmount = 400 "INVALID_TOKEN_AMOUNT",
    Unauthorized = 401 "UNAUTHORIZED",
    SessionExpired = 401 "SESSION_EXPIRED",
    InsufficientTokens = 402 "INSUFFICIENT_TOKENS",
    PaymentFailed = 402 "PAYMENT_FAILED",
    Forbidden = 403 "FORBIDDEN",
    CsrfFailed = 403 "CSRF_FAILED",
    ArtistOnly = 403 "ARTIST_ONLY",
    StyleLimitReached = 403 "STYLE_LIMIT_REACHED",
    NotFound = 404 "NOT_FOUND",
    StyleNotFound = 404 "STYLE_NOT_FOUND",
    GenerationNotFound = 404 "GENERATION_NOT_FOUND",
    CommentNotFound = 404 "COMMENT_NOT_FOUND",
    TagNotFound = 404 "TAG_NOT_FOUND",
    MethodNotAllowed = 405 "METHOD_NOT_ALLOWED",
    Conflict = 409 "CONFLICT",
    DuplicateFollow = 409 "DUPLICATE_FOLLOW",
    DuplicateLike = 409 "DUPLICATE_LIKE",
    DuplicateStyleName = 409 "DUPLICATE_STYLE_NAME",
    TrainingInProgress = 409 "TRAINING_IN_PROGRESS",
    GenerationStillProcessing = 409 "GENERATION_STILL_PROCESSING",
    IdempotencyInProgress = 409 "IDEMPOTENCY_IN_PROGRESS",
    PayloadTooLarge = 413 "PAYLOAD_TOO_LARGE",
    UnsupportedMediaType = 415 "UNSUPPORTED_MEDIA_TYPE",
    ValidationError = 422 "VALIDATION_ERROR",
    StyleNotReady = 422 "STYLE_NOT_READY",
    InvalidImageFormat = 422 "INVALID_IMAGE_FORMAT",
    ImageSizeExceeded = 422 "IMAGE_SIZE_EXCEEDED",
    ImageResolutionTooLow = 422 "IMAGE_RESOLUTION_TOO_LOW",
    InsufficientImages = 422 "INSUFFICIENT_IMAGES",
    TooManyImages = 422 "TOO_MANY_IMAGES",
    InvalidTagLanguage = 422 "INVALID_TAG_LANGUAGE",
    ReplyDepthExceeded = 422 "REPLY_DEPTH_EXCEEDED",
    IdempotencyKeyReused = 422 "IDEMPOTENCY_KEY_REUSED",
    RateLimitExceeded = 429 "RATE_LIMIT_EXCEEDED",
    InternalServerError = 500 "INTERNAL_SERVER_ERROR",
    ServiceUnavailable = 503 "SERVICE_UNAVAILABLE",
}

impl ErrorCode {
    /// The HTTP status it comes with.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.number()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The general code of a status, for answers that were not made by this crate.
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Unauthorized,
            402 => Self::PaymentFailed,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            409 => Self::Conflict,
            413 => Self::PayloadTooLarge,
            415 => Self::UnsupportedMediaType,
            422 => Self::ValidationError,
            429 => Self::RateLimitExceeded,
            502..=504 => Self::ServiceUnavailable,
            500.. => Self::InternalServerError,
            _ => Self::InvalidRequest,
        }
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl PartialSchema for ErrorCode {
    fn schema() -> RefOr<Schema> {
        let words = Self::ALL.iter().map(|code| code.as_str());
        of_words("A stable reason. It does not change with the language.", words)
    }
}

impl ToSchema for ErrorCode {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_one_word_of_its_own_with_an_error_status() {
        let words: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), ErrorCode::ALL.len());
        for code in ErrorCode::ALL {
            assert!(
                code.status().is_client_error() || code.status().is_server_error(),
                "{code:?}"
            );
        }
        assert_eq!(
            ErrorCode::InternalServerError.number(),
            500,
            "a bad table entry would hide behind 500"
        );
    }

    #[test]
    fn a_foreign_answer_keeps_its_status_and_gets_a_code() {
        assert_eq!(ErrorCode::of_status(StatusCode::NOT_FOUND), ErrorCode::NotFound);
        assert_eq!(
            ErrorCode::of_status(StatusCode::REQUEST_TIMEOUT),
            ErrorCode::InvalidRequest
        );
        assert_eq!(
            ErrorCode::of_status(StatusCode::BAD_GATEWAY),
            ErrorCode::ServiceUnavailable
        );
    }
}
