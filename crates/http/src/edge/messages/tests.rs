//! That every sentence is there in both languages. Each list is checked against a match without a wildcard: a variant
//! that is added without a place in its list does not compile, and one without an example fails.

use domain::{FieldError, field_error::FieldType};

use super::*;
use crate::edge::error_code::ErrorCode;

fn is_korean(text: &str) -> bool {
    text.chars().any(|c| ('가'..='힣').contains(&c))
}

/// The numbers in a text, in order of size.
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
        assert!(!text.contains(['{', '}']), "a placeholder is left: {text}");
        assert_eq!(text, text.trim());
    }
}

/// Asserts that the examples stand in every place from 0 to `last`.
#[track_caller]
fn assert_all<T>(examples: &[T], last: usize, place: impl Fn(&T) -> usize) {
    for wanted in 0..=last {
        let found = examples.iter().any(|example| place(example) == wanted);
        assert!(found, "no example of variant {wanted}");
    }
}

#[test]
fn every_code_speaks_both_languages() {
    for code in ErrorCode::ALL {
        assert_both(code.text(Lang::English), code.text(Lang::Korean));
    }
}

#[test]
fn no_two_codes_say_the_same() {
    for lang in [Lang::English, Lang::Korean] {
        let mut texts: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.text(lang)).collect();
        texts.sort_unstable();
        let all = texts.len();
        texts.dedup();
        assert_eq!(texts.len(), all, "{lang:?}: {texts:?}");
    }
}

#[test]
fn every_cause_and_notice_speaks_both_languages() {
    for cause in Cause::VARIANTS {
        assert_both(cause.text(Lang::English), cause.text(Lang::Korean));
    }
    for notice in Notice::VARIANTS {
        assert_both(notice.text(Lang::English), notice.text(Lang::Korean));
    }
}

/// Every fault, and the numbers that its sentence names.
fn faults() -> Vec<(FieldError, &'static [&'static str])> {
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
    let endless = FieldError::OutOfRange {
        min: 7,
        max: i64::MAX,
    };
    let mut faults: Vec<(FieldError, &[&str])> = vec![
        (FieldError::Required, &[]),
        (FieldError::TooShort { min: 7 }, &["7"]),
        (FieldError::TooLong { max: 7 }, &["7"]),
        (FieldError::OutOfRange { min: 7, max: 9 }, &["7", "9"]),
        (endless, &["7"]),
        (FieldError::WrongCount { min: 7, max: 9 }, &["7", "9"]),
        (FieldError::NotOneOf { allowed: "7, 9" }, &["7", "9"]),
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
        faults.push((FieldError::WrongType { expected }, &[]));
    }
    faults
}

#[test]
fn every_fault_speaks_both_languages_and_names_its_limits() {
    let faults = faults();
    assert_all(&faults, 15, |(fault, _)| match fault {
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
    for (fault, limits) in &faults {
        let (english, korean) = (fault_text(Lang::English, fault), fault_text(Lang::Korean, fault));
        assert_both(&english, &korean);
        assert_eq!(&numbers(&english), limits, "{english}");
    }
}
