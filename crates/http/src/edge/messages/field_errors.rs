//! Messages of field errors.

use domain::{FieldError, field_error::FieldType};

use crate::edge::language::Lang;

pub fn field_error_text(lang: Lang, error: &FieldError) -> String {
    macro_rules! both {
        ($english:literal, $korean:literal) => {
            match lang {
                Lang::English => format!($english),
                Lang::Korean => format!($korean),
            }
        };
    }
    match error {
        FieldError::Required => both!("This field is required.", "필수 입력 항목입니다."),
        FieldError::TooShort { min } => both!(
            "Must have at least {min} characters.",
            "{min}자 이상 입력해 주세요."
        ),
        FieldError::TooLong { max } => both!(
            "Must have at most {max} characters.",
            "{max}자 이하로 입력해 주세요."
        ),
        FieldError::OutOfRange { min, max: i64::MAX } => {
            both!("Must be at least {min}.", "{min} 이상이어야 합니다.")
        }
        FieldError::OutOfRange { min, max } => both!(
            "Must be between {min} and {max}.",
            "{min} 이상 {max} 이하여야 합니다."
        ),
        FieldError::WrongCount { min, max } => both!(
            "Must have between {min} and {max} entries.",
            "{min}개 이상 {max}개 이하여야 합니다."
        ),
        FieldError::NotOneOf { allowed } => {
            let allowed = allowed.join(", ");
            both!("Must be one of: {allowed}.", "다음 중 하나여야 합니다: {allowed}")
        }
        FieldError::WrongType { expected } => wrong_type(lang, *expected).into(),
        FieldError::ForbiddenCharacter => both!(
            "Contains a character that is not allowed.",
            "사용할 수 없는 문자가 들어 있습니다."
        ),
        FieldError::Malformed => both!("This value is not valid.", "올바르지 않은 값입니다."),
        FieldError::InThePast => both!("Must be in the future.", "현재보다 나중이어야 합니다."),
        FieldError::TagLanguage => both!(
            "Must be in English: letters, digits, space, _ ' and - only.",
            "영문 소문자, 숫자, 공백과 _ ' - 만 쓸 수 있습니다."
        ),
        FieldError::ForeignAddress => both!(
            "Must be an address inside the platform's storage.",
            "플랫폼 저장소 안의 주소여야 합니다."
        ),
        FieldError::ImageFormat => both!("Must be a PNG or JPEG image.", "PNG 또는 JPEG 이미지여야 합니다."),
        FieldError::ImageSize { max } => {
            let size = size(*max);
            both!("Must not exceed {size}.", "{size}를 넘을 수 없습니다.")
        }
        FieldError::ImageTooSmall { min } => both!(
            "Must be at least {min} pixels on each side.",
            "가로와 세로가 각각 {min}픽셀 이상이어야 합니다."
        ),
        FieldError::ImageTooLarge { max } => both!(
            "Must not have more than {max} pixels.",
            "전체 픽셀 수가 {max}개를 넘을 수 없습니다."
        ),
    }
}

fn wrong_type(lang: Lang, expected: FieldType) -> &'static str {
    lang.pick(match expected {
        FieldType::Text => ("Must be text.", "문자열이어야 합니다."),
        FieldType::Integer => ("Must be a whole number.", "정수여야 합니다."),
        FieldType::Boolean => ("Must be true or false.", "true 또는 false여야 합니다."),
        FieldType::List => ("Must be a list.", "목록이어야 합니다."),
        FieldType::Object => ("Must be an object.", "객체여야 합니다."),
        FieldType::File => ("Must be a file.", "파일이어야 합니다."),
    })
}

/// Whole mebibytes are shown as MB, other sizes in bytes.
fn size(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MB", bytes / MIB)
    } else {
        format!("{bytes} bytes")
    }
}
