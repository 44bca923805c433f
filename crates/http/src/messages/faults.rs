//! Texts of field faults.

use domain::{FieldError, field_error::FieldType};

use super::Lang;

/// What is wrong with a field, as a sentence.
pub fn fault_text(lang: Lang, fault: &FieldError) -> String {
    match lang {
        Lang::English => english(fault),
        Lang::Korean => korean(fault),
    }
}

fn english(fault: &FieldError) -> String {
    match fault {
        FieldError::Required => "This field is required.".into(),
        FieldError::TooShort { min } => format!("Must have at least {min} characters."),
        FieldError::TooLong { max } => format!("Must have at most {max} characters."),
        FieldError::OutOfRange { min, max: i64::MAX } => format!("Must be at least {min}."),
        FieldError::OutOfRange { min, max } => format!("Must be between {min} and {max}."),
        FieldError::WrongCount { min, max } => format!("Must have between {min} and {max} entries."),
        FieldError::NotOneOf { allowed } => format!("Must be one of: {allowed}."),
        FieldError::WrongType { expected } => format!("Must be {expected}."),
        FieldError::ForbiddenCharacter => "Contains a character that is not allowed.".into(),
        FieldError::Malformed => "This value is not valid.".into(),
        FieldError::InThePast => "Must be in the future.".into(),
        FieldError::TagLanguage => "Must be in English: letters, digits, space, _ ' and - only.".into(),
        FieldError::ForeignAddress => "Must be an address inside the platform's storage.".into(),
        FieldError::ImageFormat => "Must be a PNG or JPEG image.".into(),
        FieldError::ImageSize { max } => format!("Must not exceed {}.", size(*max)),
        FieldError::ImageTooSmall { min } => format!("Must be at least {min} pixels on each side."),
        FieldError::ImageTooLarge { max } => format!("Must not have more than {max} pixels."),
    }
}

fn korean(fault: &FieldError) -> String {
    match fault {
        FieldError::Required => "필수 입력 항목입니다.".into(),
        FieldError::TooShort { min } => format!("{min}자 이상 입력해 주세요."),
        FieldError::TooLong { max } => format!("{max}자 이하로 입력해 주세요."),
        FieldError::OutOfRange { min, max: i64::MAX } => format!("{min} 이상이어야 합니다."),
        FieldError::OutOfRange { min, max } => format!("{min} 이상 {max} 이하여야 합니다."),
        FieldError::WrongCount { min, max } => format!("{min}개 이상 {max}개 이하여야 합니다."),
        FieldError::NotOneOf { allowed } => format!("다음 중 하나여야 합니다: {allowed}"),
        FieldError::WrongType { expected } => korean_type(*expected).into(),
        FieldError::ForbiddenCharacter => "사용할 수 없는 문자가 들어 있습니다.".into(),
        FieldError::Malformed => "올바르지 않은 값입니다.".into(),
        FieldError::InThePast => "현재보다 나중이어야 합니다.".into(),
        FieldError::TagLanguage => "영문 소문자, 숫자, 공백과 _ ' - 만 쓸 수 있습니다.".into(),
        FieldError::ForeignAddress => "플랫폼 저장소 안의 주소여야 합니다.".into(),
        FieldError::ImageFormat => "PNG 또는 JPEG 이미지여야 합니다.".into(),
        FieldError::ImageSize { max } => format!("{}를 넘을 수 없습니다.", size(*max)),
        FieldError::ImageTooSmall { min } => format!("가로와 세로가 각각 {min}픽셀 이상이어야 합니다."),
        FieldError::ImageTooLarge { max } => format!("전체 픽셀 수가 {max}개를 넘을 수 없습니다."),
    }
}

fn korean_type(expected: FieldType) -> &'static str {
    match expected {
        FieldType::Text => "문자열이어야 합니다.",
        FieldType::Integer => "정수여야 합니다.",
        FieldType::Boolean => "true 또는 false여야 합니다.",
        FieldType::List => "목록이어야 합니다.",
        FieldType::Object => "객체여야 합니다.",
        FieldType::File => "파일이어야 합니다.",
    }
}

/// Whole mebibytes as the MB people know, anything else in bytes.
fn size(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MB", bytes / MIB)
    } else {
        format!("{bytes} bytes")
    }
}
