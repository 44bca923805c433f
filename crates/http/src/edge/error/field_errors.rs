//! The field errors of a request.

use domain::FieldError;
use serde_json::{Map, Value};

use crate::edge::{error_code::ErrorCode, language::Lang, messages::field_error_text};

/// At most one error per field: the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<Entry>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    field: String,
    error: FieldError,
    code: ErrorCode,
}

impl FieldErrors {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn of(field: impl Into<String>, error: FieldError) -> Self {
        let mut errors = Self::new();
        errors.add(field, error);
        errors
    }

    pub fn add(&mut self, field: impl Into<String>, error: FieldError) {
        let code = specific_code(&error);
        self.add_with_code(field, error, code);
    }

    /// For an error whose code depends on the field, not only on the error.
    pub fn add_with_code(&mut self, field: impl Into<String>, error: FieldError, code: ErrorCode) {
        let field = field.into();
        if !self.0.iter().any(|known| known.field == field) {
            self.0.push(Entry { field, error, code });
        }
    }

    pub fn extend(&mut self, other: Self) {
        for entry in other.0 {
            self.add_with_code(entry.field, entry.error, entry.code);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The code that all errors have in common, else `VALIDATION_ERROR`.
    pub fn code(&self) -> ErrorCode {
        match self.0.split_first() {
            Some((first, rest)) if rest.iter().all(|entry| entry.code == first.code) => first.code,
            _ => ErrorCode::ValidationError,
        }
    }

    /// An object of field name and message.
    pub(crate) fn render(&self, lang: Lang) -> Value {
        let fields: Map<String, Value> = self
            .0
            .iter()
            .map(|entry| {
                (
                    entry.field.clone(),
                    Value::String(field_error_text(lang, &entry.error)),
                )
            })
            .collect();
        Value::Object(fields)
    }
}

/// The code of a request whose only errors are of this kind.
fn specific_code(error: &FieldError) -> ErrorCode {
    match error {
        FieldError::TagLanguage => ErrorCode::InvalidTagLanguage,
        FieldError::ImageFormat => ErrorCode::InvalidImageFormat,
        FieldError::ImageSize { .. } | FieldError::ImageTooLarge { .. } => ErrorCode::ImageSizeExceeded,
        FieldError::ImageTooSmall { .. } => ErrorCode::ImageResolutionTooLow,
        _ => ErrorCode::ValidationError,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_different_codes_become_a_validation_error() {
        let mut errors = FieldErrors::of("tags", FieldError::TagLanguage);
        assert_eq!(errors.code(), ErrorCode::InvalidTagLanguage);
        errors.add("name", FieldError::Required);
        assert_eq!(errors.code(), ErrorCode::ValidationError);
    }

    #[test]
    fn only_the_first_error_of_a_field_is_kept() {
        let mut errors = FieldErrors::of("name", FieldError::Required);
        errors.add("name", FieldError::Malformed);
        assert_eq!(errors, FieldErrors::of("name", FieldError::Required));
    }
}
