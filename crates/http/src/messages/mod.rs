//! Every sentence the API says, English and Korean side by side. The matches are exhaustive: a new code or fault
//! without its texts does not compile.

mod codes;
mod faults;
mod lang;

pub use codes::{cause_text, code_text, notice_text};
pub use faults::fault_text;
pub use lang::Lang;

/// Why a request could not be read, where the code alone says too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The body is not JSON.
    MalformedJson,
    /// The body is JSON, but no object.
    NotAnObject,
    /// The body is no well-formed multipart form.
    MalformedForm,
    /// The body did not arrive in time or was cut off.
    IncompleteBody,
    /// The `Host` header names no host of this API.
    UnknownHost,
    /// The body is compressed, which is not accepted.
    EncodedBody,
}

/// What a success without data says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The session was ended.
    LoggedOut,
}

/// One sentence in both languages.
type Pair = (&'static str, &'static str);

fn pick(lang: Lang, (english, korean): Pair) -> &'static str {
    match lang {
        Lang::English => english,
        Lang::Korean => korean,
    }
}

#[cfg(test)]
mod tests {
    use domain::{Fault, fault::FieldType};

    use super::*;
    use crate::ErrorCode;

    fn is_korean(text: &str) -> bool {
        text.chars().any(|c| ('가'..='힣').contains(&c))
    }

    fn assert_both(english: &str, korean: &str) {
        assert!(english.len() > 5 && english.is_ascii(), "{english}");
        assert!(is_korean(korean), "no Hangul in: {korean}");
    }

    #[test]
    fn every_code_speaks_both_languages() {
        for code in ErrorCode::ALL {
            assert_both(code_text(Lang::English, *code), code_text(Lang::Korean, *code));
        }
    }

    #[test]
    fn every_cause_and_notice_speaks_both_languages() {
        for cause in [
            Cause::MalformedJson,
            Cause::NotAnObject,
            Cause::MalformedForm,
            Cause::IncompleteBody,
            Cause::UnknownHost,
            Cause::EncodedBody,
        ] {
            assert_both(cause_text(Lang::English, cause), cause_text(Lang::Korean, cause));
        }
        let notice = Notice::LoggedOut;
        assert_both(
            notice_text(Lang::English, notice),
            notice_text(Lang::Korean, notice),
        );
    }

    #[test]
    fn every_fault_speaks_both_languages_and_names_its_limits() {
        let types = [
            FieldType::Text,
            FieldType::Integer,
            FieldType::Boolean,
            FieldType::List,
            FieldType::Object,
            FieldType::File,
        ];
        let mut faults = vec![
            Fault::Required,
            Fault::TooShort { min: 7 },
            Fault::TooLong { max: 7 },
            Fault::OutOfRange { min: 7, max: 9 },
            Fault::OutOfRange {
                min: 7,
                max: i64::MAX,
            },
            Fault::WrongCount { min: 7, max: 9 },
            Fault::NotOneOf { allowed: "7, 9" },
            Fault::ForbiddenCharacter,
            Fault::Malformed,
            Fault::TagLanguage,
            Fault::ForeignAddress,
            Fault::ImageFormat,
            Fault::ImageSize { max: 7 * 1024 * 1024 },
            Fault::ImageTooSmall { min: 7 },
            Fault::ImageTooLarge { max: 7 },
        ];
        faults.extend(types.map(|expected| Fault::WrongType { expected }));
        for fault in &faults {
            let (english, korean) = (fault_text(Lang::English, fault), fault_text(Lang::Korean, fault));
            assert_both(&english, &korean);
            if !matches!(
                fault,
                Fault::Required
                    | Fault::WrongType { .. }
                    | Fault::ForbiddenCharacter
                    | Fault::Malformed
                    | Fault::TagLanguage
                    | Fault::ForeignAddress
                    | Fault::ImageFormat
            ) {
                assert!(
                    english.contains('7') && korean.contains('7'),
                    "{english} / {korean}"
                );
            }
        }
    }
}
