//! Error codes with their HTTP status and messages.

use actix_web::http::StatusCode;
use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};
use utoipa::ToSchema;

use crate::edge::language::Lang;

macro_rules! error_codes {
    ($($name:ident = $status:literal: $english:literal, $korean:literal;)+) => {
        /// Error code. It does not depend on the language.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema, IntoStaticStr, VariantArray,
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
        pub enum ErrorCode {
            $($name,)+
        }

        impl ErrorCode {
            fn number(self) -> u16 {
                match self {
                    $(Self::$name => $status,)+
                }
            }

            pub fn text(self, lang: Lang) -> &'static str {
                lang.pick(match self {
                    $(Self::$name => ($english, $korean),)+
                })
            }
        }
    };
}

error_codes! {
    InvalidRequest = 400: "The request could not be understood.", "요청을 이해할 수 없습니다.";
    InvalidCursor = 400: "The cursor is not valid.", "커서가 올바르지 않습니다.";
    InvalidPackage = 400: "There is no such token package.", "존재하지 않는 토큰 패키지입니다.";
    SelfFollowNotAllowed = 400: "You cannot follow yourself.", "자기 자신은 팔로우할 수 없습니다.";
    PurchaseExpired = 400: "This purchase has expired.", "만료된 구매입니다.";
    InvalidTokenAmount = 400: "The token amount is not valid.", "토큰 수량이 올바르지 않습니다.";
    Unauthorized = 401: "You need to log in.", "로그인이 필요합니다.";
    SessionExpired = 401: "Your session has expired. Please log in again.", "세션이 만료되었습니다. 다시 로그인해 주세요.";
    InsufficientTokens = 402: "You do not have enough tokens.", "토큰이 부족합니다.";
    PaymentFailed = 402: "The payment failed.", "결제에 실패했습니다.";
    Forbidden = 403: "You may not do this.", "권한이 없습니다.";
    CsrfFailed = 403: "The request could not be proven to come from this site (CSRF check).", "CSRF 검증에 실패했습니다. 페이지를 새로고침한 뒤 다시 시도해 주세요.";
    ArtistOnly = 403: "Only artists can do this.", "작가만 이용할 수 있습니다.";
    StyleLimitReached = 403: "You have reached the number of styles an artist may have.", "등록할 수 있는 스타일 수를 모두 사용했습니다.";
    NotFound = 404: "This does not exist.", "요청한 대상을 찾을 수 없습니다.";
    StyleNotFound = 404: "This style does not exist.", "스타일을 찾을 수 없습니다.";
    GenerationNotFound = 404: "This image does not exist.", "이미지를 찾을 수 없습니다.";
    CommentNotFound = 404: "This comment does not exist.", "댓글을 찾을 수 없습니다.";
    TagNotFound = 404: "This tag does not exist.", "태그를 찾을 수 없습니다.";
    MethodNotAllowed = 405: "This method is not allowed here.", "이 주소에서 허용되지 않는 메서드입니다.";
    Conflict = 409: "This conflicts with the current state.", "현재 상태와 충돌하는 요청입니다.";
    DuplicateFollow = 409: "You already follow this person.", "이미 팔로우하고 있습니다.";
    DuplicateLike = 409: "You already like this image.", "이미 좋아요를 눌렀습니다.";
    DuplicateStyleName = 409: "You already have a style of this name.", "같은 이름의 스타일이 이미 있습니다.";
    TrainingInProgress = 409: "The style is still being trained.", "스타일을 아직 학습하고 있습니다.";
    GenerationStillProcessing = 409: "The image is not finished yet.", "이미지가 아직 완성되지 않았습니다.";
    IdempotencyInProgress = 409: "A request with the same Idempotency-Key is still running.", "같은 Idempotency-Key의 요청을 아직 처리하고 있습니다.";
    PayloadTooLarge = 413: "The request is too large.", "요청의 크기가 너무 큽니다.";
    UnsupportedMediaType = 415: "This media type is not supported here.", "지원하지 않는 미디어 유형입니다.";
    ValidationError = 422: "Some fields are not valid.", "올바르지 않은 입력 항목이 있습니다.";
    StyleNotReady = 422: "The style is not ready yet.", "스타일이 아직 준비되지 않았습니다.";
    InvalidImageFormat = 422: "Images must be PNG or JPEG files.", "이미지는 PNG 또는 JPEG 파일이어야 합니다.";
    ImageSizeExceeded = 422: "An image is too large.", "이미지의 크기가 너무 큽니다.";
    ImageResolutionTooLow = 422: "An image has too few pixels.", "이미지의 해상도가 너무 낮습니다.";
    InsufficientImages = 422: "There are too few images.", "이미지의 수가 부족합니다.";
    TooManyImages = 422: "There are too many images.", "이미지의 수가 너무 많습니다.";
    InvalidTagLanguage = 422: "Tags must be in English.", "태그는 영어로만 쓸 수 있습니다.";
    ReplyDepthExceeded = 422: "A reply cannot be replied to.", "답글에는 다시 답글을 달 수 없습니다.";
    IdempotencyKeyReused = 422: "This Idempotency-Key was used for another request.", "이 Idempotency-Key는 이미 다른 요청에 사용되었습니다.";
    RateLimitExceeded = 429: "Too many requests. Please try again later.", "요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.";
    InternalServerError = 500: "Something went wrong on our side.", "서버에서 오류가 발생했습니다.";
    ServiceUnavailable = 503: "The service is not available right now. Please try again in a moment.", "지금은 서비스를 이용할 수 없습니다. 잠시 후 다시 시도해 주세요.";
}

impl ErrorCode {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.number()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The general code for a status, for responses of other crates.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_an_error_status() {
        for code in ErrorCode::ALL {
            assert!((400..600).contains(&code.number()), "{code:?}");
        }
    }

    #[test]
    fn every_status_has_a_general_code() {
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
