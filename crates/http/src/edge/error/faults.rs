//! Faults of fields.

use domain::FieldError;
use serde_json::{Map, Value};

use crate::edge::{error_code::ErrorCode, language::Lang, messages::fault_text};

/// The faults of a request: the first of each field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldFault>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct FieldFault {
    field: String,
    fault: FieldError,
    code: ErrorCode,
}

impl FieldErrors {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn of(field: impl Into<String>, fault: FieldError) -> Self {
        let mut faults = Self::new();
        faults.add(field, fault);
        faults
    }

    /// Records a fault.
    pub fn add(&mut self, field: impl Into<String>, fault: FieldError) {
        let code = specific_code(&fault);
        self.add_as(field, fault, code);
    }

    /// Records a fault with its own code (too few images, too many images).
    pub fn add_as(&mut self, field: impl Into<String>, fault: FieldError, code: ErrorCode) {
        let field = field.into();
        if !self.0.iter().any(|known| known.field == field) {
            self.0.push(FieldFault { field, fault, code });
        }
    }

    /// Adds other faults.
    pub fn extend(&mut self, other: Self) {
        for fault in other.0 {
            self.add_as(fault.field, fault.fault, fault.code);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The common code of all faults, else `VALIDATION_ERROR`.
    pub fn code(&self) -> ErrorCode {
        match self.0.split_first() {
            Some((first, rest)) if rest.iter().all(|fault| fault.code == first.code) => first.code,
            _ => ErrorCode::ValidationError,
        }
    }

    /// Field → message.
    pub(crate) fn render(&self, lang: Lang) -> Value {
        let fields: Map<String, Value> = self
            .0
            .iter()
            .map(|fault| (fault.field.clone(), Value::String(fault_text(lang, &fault.fault))))
            .collect();
        Value::Object(fields)
    }
}

/// The code when there are no other faults.
fn specific_code(fault: &FieldError) -> ErrorCode {
    match fault {
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
    fn a_specific_code_needs_to_be_the_only_kind_of_fault() {
        let mut faults = FieldErrors::of("tags", FieldError::TagLanguage);
        assert_eq!(faults.code(), ErrorCode::InvalidTagLanguage);
        faults.add("name", FieldError::Required);
        assert_eq!(faults.code(), ErrorCode::ValidationError);
    }

    #[test]
    fn the_first_fault_of_a_field_is_kept() {
        let mut faults = FieldErrors::of("name", FieldError::Required);
        faults.add("name", FieldError::Malformed);
        assert_eq!(faults, FieldErrors::of("name", FieldError::Required));
    }
}
