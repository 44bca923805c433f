//! Every message exists in both languages. Each list of examples is checked against a `match` without a wildcard: a new
//! variant does not compile until it has an index, and the test fails until it has an example.

use domain::{FieldError, field_error::FieldType};

use super::*;
use crate::edge::error_code::ErrorCode;

fn is_korean(text: &str) -> bool {
    text.chars().any(|c| ('가'..='힣').contains(&c))
}

/// The numbers in a text, sorted as strings.
fn numbers(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty())
        .collect();
    found.sort_unstable();
    found
}

#[track_caller]
fn assert_both(english: &str, korean: &str) {
    assert!(english.len() > 5 && english.is_ascii(), "{english}");
    assert!(is_korean(korean), "no Hangul in: {korean}");
    assert_eq!(numbers(english), numbers(korean), "{english} / {korean}");
    for text in [english, korean] {
        assert!(!text.contains(['{', '}']), "unreplaced placeholder: {text}");
        assert_eq!(text, text.trim());
    }
}

/// Asserts that there is an example for every index from 0 to `last`.
#[track_caller]
fn assert_all<T>(examples: &[T], last: usize, index_of: impl Fn(&T) -> usize) {
    for wanted in 0..=last {
        let found = examples.iter().any(|example| index_of(example) == wanted);
        assert!(found, "no example of variant {wanted}");
    }
}

#[test]
fn every_code_has_a_message_in_both_languages() {
    for code in ErrorCode::ALL {
        assert_both(code.text(Lang::English), code.text(Lang::Korean));
    }
}

#[test]
fn no_two_codes_have_the_same_message() {
    for lang in [Lang::English, Lang::Korean] {
        let mut texts: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.text(lang)).collect();
        texts.sort_unstable();
        let all = texts.len();
        texts.dedup();
        assert_eq!(texts.len(), all, "{lang:?}: {texts:?}");
    }
}

#[test]
fn every_cause_and_notice_has_a_message_in_both_languages() {
    for cause in Cause::VARIANTS {
        assert_both(cause.text(Lang::English), cause.text(Lang::Korean));
    }
    for notice in Notice::VARIANTS {
        assert_both(notice.text(Lang::English), notice.text(Lang::Korean));
    }
}

/// An example of every field error, and the numbers in its message.
fn errors() -> Vec<(FieldError, &'static [&'static str])> {
    let types = [
        FieldType::Text,
        FieldType::Integer,
        FieldType::Boolean,
        FieldType::List,
        FieldType::Object,
        FieldType::File,
    ];
    assert_all(&types, 5, |expected| match expected {
        FieldType::Text => 0,
        FieldType::Integer => 1,
        FieldType::Boolean => 2,
        FieldType::List => 3,
        FieldType::Object => 4,
        FieldType::File => 5,
    });
    let without_maximum = FieldError::OutOfRange {
        min: 7,
        max: i64::MAX,
    };
    let mut errors: Vec<(FieldError, &[&str])> = vec![
        (FieldError::Required, &[]),
        (FieldError::TooShort { min: 7 }, &["7"]),
        (FieldError::TooLong { max: 7 }, &["7"]),
        (FieldError::OutOfRange { min: 7, max: 9 }, &["7", "9"]),
        (without_maximum, &["7"]),
        (FieldError::WrongCount { min: 7, max: 9 }, &["7", "9"]),
        (FieldError::NotOneOf { allowed: &["7", "9"] }, &["7", "9"]),
        (FieldError::ForbiddenCharacter, &[]),
        (FieldError::Malformed, &[]),
        (FieldError::InThePast, &[]),
        (FieldError::TagLanguage, &[]),
        (FieldError::ForeignAddress, &[]),
        (FieldError::ImageFormat, &[]),
        (FieldError::ImageSize { max: 7 * 1024 * 1024 }, &["7"]),
        (FieldError::ImageSize { max: 7 }, &["7"]),
        (FieldError::ImageTooSmall { min: 7 }, &["7"]),
        (FieldError::ImageTooLarge { max: 7 }, &["7"]),
    ];
    for expected in types {
        errors.push((FieldError::WrongType { expected }, &[]));
    }
    errors
}

#[test]
fn every_field_error_has_a_message_with_its_limits_in_both_languages() {
    let errors = errors();
    assert_all(&errors, 15, |(error, _)| match error {
        FieldError::Required => 0,
        FieldError::TooShort { .. } => 1,
        FieldError::TooLong { .. } => 2,
        FieldError::OutOfRange { .. } => 3,
        FieldError::WrongCount { .. } => 4,
        FieldError::NotOneOf { .. } => 5,
        FieldError::ForbiddenCharacter => 6,
        FieldError::Malformed => 7,
        FieldError::InThePast => 8,
        FieldError::TagLanguage => 9,
        FieldError::ForeignAddress => 10,
        FieldError::ImageFormat => 11,
        FieldError::ImageSize { .. } => 12,
        FieldError::ImageTooSmall { .. } => 13,
        FieldError::ImageTooLarge { .. } => 14,
        FieldError::WrongType { .. } => 15,
    });
    for (error, limits) in &errors {
        let (english, korean) = (
            field_error_text(Lang::English, error),
            field_error_text(Lang::Korean, error),
        );
        assert_both(&english, &korean);
        assert_eq!(&numbers(&english), limits, "{english}");
    }
}
