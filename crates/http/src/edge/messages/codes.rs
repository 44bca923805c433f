//! Texts of error codes, causes and notices.

use crate::edge::{
    error_code::ErrorCode,
    language::Lang,
    messages::{Cause, Notice, Pair, pick},
};

/// The message of a code.
pub fn code_text(lang: Lang, code: ErrorCode) -> &'static str {
    pick(lang, texts(code))
}

/// The message of a cause.
pub fn cause_text(lang: Lang, cause: Cause) -> &'static str {
    pick(
        lang,
        match cause {
            Cause::MalformedJson => (
                "The request body is not valid JSON.",
                "요청 본문이 올바른 JSON 형식이 아닙니다.",
            ),
            Cause::NotAnObject => (
                "The request body must be a JSON object.",
                "요청 본문은 JSON 객체여야 합니다.",
            ),
            Cause::MalformedForm => (
                "The request body is not a valid multipart form.",
                "요청 본문이 올바른 멀티파트 양식이 아닙니다.",
            ),
            Cause::IncompleteBody => (
                "The request body did not arrive completely or in time.",
                "요청 본문이 제시간에 모두 도착하지 않았습니다.",
            ),
            Cause::UnknownHost => (
                "The Host header names no host of this API.",
                "Host 헤더가 이 API의 호스트가 아닙니다.",
            ),
            Cause::EncodedBody => (
                "Compressed request bodies are not accepted.",
                "압축된 요청 본문은 받을 수 없습니다.",
            ),
        },
    )
}

/// The message of a notice.
pub fn notice_text(lang: Lang, notice: Notice) -> &'static str {
    pick(
        lang,
        match notice {
            Notice::LoggedOut => ("You have been logged out.", "로그아웃되었습니다."),
        },
    )
}

#[expect(clippy::too_many_lines, reason = "one table, one row per code")]
fn texts(code: ErrorCode) -> Pair {
    use ErrorCode as C;
    match code {
        C::InvalidRequest => (
            "The request could not be understood.",
            "요청을 이해할 수 없습니다.",
        ),
        C::InvalidCursor => ("The cursor is not valid.", "커서가 올바르지 않습니다."),
        C::InvalidPackage => (
            "There is no such token package.",
            "존재하지 않는 토큰 패키지입니다.",
        ),
        C::SelfFollowNotAllowed => ("You cannot follow yourself.", "자기 자신은 팔로우할 수 없습니다."),
        C::PurchaseExpired => ("This purchase has expired.", "만료된 구매입니다."),
        C::InvalidTokenAmount => ("The token amount is not valid.", "토큰 수량이 올바르지 않습니다."),
        C::Unauthorized => ("You need to log in.", "로그인이 필요합니다."),
        C::SessionExpired => (
            "Your session has expired. Please log in again.",
            "세션이 만료되었습니다. 다시 로그인해 주세요.",
        ),
        C::InsufficientTokens => ("You do not have enough tokens.", "토큰이 부족합니다."),
        C::PaymentFailed => ("The payment failed.", "결제에 실패했습니다."),
        C::Forbidden => ("You may not do this.", "권한이 없습니다."),
        C::CsrfFailed => (
            "The request could not be proven to come from this site (CSRF check).",
            "CSRF 검증에 실패했습니다. 페이지를 새로고침한 뒤 다시 시도해 주세요.",
        ),
        C::ArtistOnly => ("Only artists can do this.", "작가만 이용할 수 있습니다."),
        C::StyleLimitReached => (
            "You have reached the number of styles an artist may have.",
            "등록할 수 있는 스타일 수를 모두 사용했습니다.",
        ),
        C::NotFound => ("This does not exist.", "요청한 대상을 찾을 수 없습니다."),
        C::StyleNotFound => ("This style does not exist.", "스타일을 찾을 수 없습니다."),
        C::GenerationNotFound => ("This image does not exist.", "이미지를 찾을 수 없습니다."),
        C::CommentNotFound => ("This comment does not exist.", "댓글을 찾을 수 없습니다."),
        C::TagNotFound => ("This tag does not exist.", "태그를 찾을 수 없습니다."),
        C::MethodNotAllowed => (
            "This method is not allowed here.",
            "이 주소에서 허용되지 않는 메서드입니다.",
        ),
        C::Conflict => (
            "This conflicts with the current state.",
            "현재 상태와 충돌하는 요청입니다.",
        ),
        C::DuplicateFollow => ("You already follow this person.", "이미 팔로우하고 있습니다."),
        C::DuplicateLike => ("You already like this image.", "이미 좋아요를 눌렀습니다."),
        C::DuplicateStyleName => (
            "You already have a style of this name.",
            "같은 이름의 스타일이 이미 있습니다.",
        ),
        C::TrainingInProgress => (
            "The style is still being trained.",
            "스타일을 아직 학습하고 있습니다.",
        ),
        C::GenerationStillProcessing => (
            "The image is not finished yet.",
            "이미지가 아직 완성되지 않았습니다.",
        ),
        C::IdempotencyInProgress => (
            "A request with the same Idempotency-Key is still running.",
            "같은 Idempotency-Key의 요청을 아직 처리하고 있습니다.",
        ),
        C::PayloadTooLarge => ("The request is too large.", "요청의 크기가 너무 큽니다."),
        C::UnsupportedMediaType => (
            "This media type is not supported here.",
            "지원하지 않는 미디어 유형입니다.",
        ),
        C::ValidationError => (
            "Some fields are not valid.",
            "올바르지 않은 입력 항목이 있습니다.",
        ),
        C::StyleNotReady => (
            "The style is not ready yet.",
            "스타일이 아직 준비되지 않았습니다.",
        ),
        C::InvalidImageFormat => (
            "Images must be PNG or JPEG files.",
            "이미지는 PNG 또는 JPEG 파일이어야 합니다.",
        ),
        C::ImageSizeExceeded => ("An image is too large.", "이미지의 크기가 너무 큽니다."),
        C::ImageResolutionTooLow => ("An image has too few pixels.", "이미지의 해상도가 너무 낮습니다."),
        C::InsufficientImages => ("There are too few images.", "이미지의 수가 부족합니다."),
        C::TooManyImages => ("There are too many images.", "이미지의 수가 너무 많습니다."),
        C::InvalidTagLanguage => ("Tags must be in English.", "태그는 영어로만 쓸 수 있습니다."),
        C::ReplyDepthExceeded => (
            "A reply cannot be replied to.",
            "답글에는 다시 답글을 달 수 없습니다.",
        ),
        C::IdempotencyKeyReused => (
            "This Idempotency-Key was used for another request.",
            "이 Idempotency-Key는 이미 다른 요청에 사용되었습니다.",
        ),
        C::RateLimitExceeded => (
            "Too many requests. Please try again later.",
            "요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.",
        ),
        C::InternalServerError => (
            "Something went wrong on our side.",
            "서버에서 오류가 발생했습니다.",
        ),
        C::ServiceUnavailable => (
            "The service is not available right now. Please try again in a moment.",
            "지금은 서비스를 이용할 수 없습니다. 잠시 후 다시 시도해 주세요.",
        ),
    }
}
