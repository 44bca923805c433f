//! Unparsed fields of a JSON object, a form or a query string.

use std::collections::HashMap;

use domain::{FieldError, field_error::FieldType};
use serde_json::{Map, Value};

use crate::edge::spool::UploadedFile;

#[derive(Debug)]
pub(super) enum Source {
    Json(Map<String, Value>),
    Texts(HashMap<String, Vec<String>>),
}

/// The unparsed value of a field.
#[derive(Debug)]
pub enum Raw {
    /// A JSON value that is not null.
    Json(Value),
    /// The values of a form or query field, at least one.
    Texts(Vec<String>),
    File(UploadedFile),
}

impl Source {
    /// Takes a field. `None` if it is absent or null.
    pub(super) fn take(&mut self, name: &str) -> Option<Raw> {
        match self {
            Self::Json(map) => map.remove(name).filter(|value| !value.is_null()).map(Raw::Json),
            Self::Texts(texts) => texts
                .remove(name)
                .filter(|texts| !texts.is_empty())
                .map(Raw::Texts),
        }
    }

    pub(super) fn peek_text(&self, name: &str) -> Option<&str> {
        match self {
            Self::Json(map) => map.get(name)?.as_str(),
            Self::Texts(_) => None,
        }
    }

    pub(super) fn is_null(&self, name: &str) -> bool {
        matches!(self, Self::Json(map) if map.get(name) == Some(&Value::Null))
    }
}

impl Raw {
    /// A string without NUL, which PostgreSQL cannot store. The first value of a repeated field.
    pub fn text(self) -> Result<String, FieldError> {
        let text = match self {
            Self::Json(Value::String(text)) => text,
            Self::Texts(texts) => texts.into_iter().next().unwrap_or_default(),
            Self::Json(_) | Self::File(_) => return Err(wrong_type(FieldType::Text)),
        };
        if text.contains('\0') {
            return Err(FieldError::ForbiddenCharacter);
        }
        Ok(text)
    }

    /// An integer. One that overflows 64 bits is clamped, so that the range check rejects it.
    pub fn integer(self) -> Result<i64, FieldError> {
        let digits = match self {
            Self::Json(Value::Number(number)) => number.to_string(),
            Self::Texts(texts) => texts
                .first()
                .map(|text| text.trim().to_owned())
                .unwrap_or_default(),
            Self::Json(_) | Self::File(_) => return Err(wrong_type(FieldType::Integer)),
        };
        let unsigned = digits.strip_prefix('-').unwrap_or(&digits);
        if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong_type(FieldType::Integer));
        }
        let clamped = if unsigned.len() < digits.len() {
            i64::MIN
        } else {
            i64::MAX
        };
        Ok(digits.parse().unwrap_or(clamped))
    }

    pub fn boolean(self) -> Result<bool, FieldError> {
        match self {
            Self::Json(Value::Bool(value)) => Ok(value),
            Self::Texts(texts) => match texts.first().map(String::as_str) {
                Some("true") => Ok(true),
                Some("false") => Ok(false),
                _ => Err(wrong_type(FieldType::Boolean)),
            },
            Self::Json(_) | Self::File(_) => Err(wrong_type(FieldType::Boolean)),
        }
    }

    /// An object; in a form, a string that contains a JSON object.
    pub fn object(self) -> Result<Map<String, Value>, FieldError> {
        match self {
            Self::Json(Value::Object(map)) => Some(map),
            Self::Texts(texts) => texts.first().and_then(|text| serde_json::from_str(text).ok()),
            Self::Json(_) | Self::File(_) => None,
        }
        .ok_or(wrong_type(FieldType::Object))
    }

    /// The entries of a list; in a form, a repeated field or a string that contains a JSON array.
    pub fn list(self) -> Result<Vec<Self>, FieldError> {
        let values: Vec<Value> = match self {
            Self::Json(Value::Array(values)) => values,
            Self::Texts(texts) => match &texts[..] {
                [one] if one.trim_start().starts_with('[') => {
                    serde_json::from_str(one).map_err(|_| wrong_type(FieldType::List))?
                }
                _ => return Ok(texts.into_iter().map(|text| Self::Texts(vec![text])).collect()),
            },
            Self::Json(_) | Self::File(_) => return Err(wrong_type(FieldType::List)),
        };
        Ok(values.into_iter().map(Self::Json).collect())
    }

    /// The field as JSON; a form field becomes a string.
    pub fn into_value(self) -> Value {
        match self {
            Self::Json(value) => value,
            other => other.text().map_or(Value::Null, Value::String),
        }
    }
}

pub fn wrong_type(expected: FieldType) -> FieldError {
    FieldError::WrongType { expected }
}
