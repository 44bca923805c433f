//! Texts of field faults.

use domain::{Fault, fault::FieldType};

use crate::edge::language::Lang;

/// What is wrong with a field, as a sentence.
pub fn fault_text(lang: Lang, fault: &Fault) -> String {
    match lang {
        Lang::English => english(fault),
        Lang::Korean => korean(fault),
    }
}

fn english(fault: &Fault) -> String {
    match fault {
        Fault::Required => "This field is required.".into(),
        Fault::TooShort { min } => format!("Must have at least {min} characters."),
        Fault::TooLong { max } => format!("Must have at most {max} characters."),
        Fault::OutOfRange { min, max: i64::MAX } => format!("Must be at least {min}."),
        Fault::OutOfRange { min, max } => format!("Must be between {min} and {max}."),
        Fault::WrongCount { min, max } => format!("Must have between {min} and {max} entries."),
        Fault::NotOneOf { allowed } => format!("Must be one of: {allowed}."),
        Fault::WrongType { expected } => format!("Must be {expected}."),
        Fault::ForbiddenCharacter => "Contains a character that is not allowed.".into(),
        Fault::Malformed => "This value is not valid.".into(),
        Fault::InThePast => "Must be in the future.".into(),
        Fault::TagLanguage => "Must be in English: letters, digits, space, _ ' and - only.".into(),
        Fault::ForeignAddress => "Must be an address inside the platform's storage.".into(),
        Fault::ImageFormat => "Must be a PNG or JPEG image.".into(),
        Fault::ImageSize { max } => format!("Must not exceed {}.", size(*max)),
        Fault::ImageTooSmall { min } => format!("Must be at least {min} pixels on each side."),
        Fault::ImageTooLarge { max } => format!("Must not have more than {max} pixels."),
    }
}

fn korean(fault: &Fault) -> String {
    match fault {
        Fault::Required => "필수 입력 항목입니다.".into(),
        Fault::TooShort { min } => format!("{min}자 이상 입력해 주세요."),
        Fault::TooLong { max } => format!("{max}자 이하로 입력해 주세요."),
        Fault::OutOfRange { min, max: i64::MAX } => format!("{min} 이상이어야 합니다."),
        Fault::OutOfRange { min, max } => format!("{min} 이상 {max} 이하여야 합니다."),
        Fault::WrongCount { min, max } => format!("{min}개 이상 {max}개 이하여야 합니다."),
        Fault::NotOneOf { allowed } => format!("다음 중 하나여야 합니다: {allowed}"),
        Fault::WrongType { expected } => korean_type(*expected).into(),
        Fault::ForbiddenCharacter => "사용할 수 없는 문자가 들어 있습니다.".into(),
        Fault::Malformed => "올바르지 않은 값입니다.".into(),
        Fault::InThePast => "현재보다 나중이어야 합니다.".into(),
        Fault::TagLanguage => "영문 소문자, 숫자, 공백과 _ ' - 만 쓸 수 있습니다.".into(),
        Fault::ForeignAddress => "플랫폼 저장소 안의 주소여야 합니다.".into(),
        Fault::ImageFormat => "PNG 또는 JPEG 이미지여야 합니다.".into(),
        Fault::ImageSize { max } => format!("{}를 넘을 수 없습니다.", size(*max)),
        Fault::ImageTooSmall { min } => format!("가로와 세로가 각각 {min}픽셀 이상이어야 합니다."),
        Fault::ImageTooLarge { max } => format!("전체 픽셀 수가 {max}개를 넘을 수 없습니다."),
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
