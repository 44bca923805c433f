//! Raw fields: of a JSON object, or the texts of a form or a query string.

use std::collections::HashMap;

use domain::{FieldError, field_error::FieldType};
use serde_json::{Map, Value};

use crate::edge::spool::UploadedFile;

#[derive(Debug)]
pub(super) enum Source {
    Json(Map<String, Value>),
    Texts(HashMap<String, Vec<String>>),
}

/// What was sent for one field.
#[derive(Debug)]
pub enum Raw {
    /// A JSON value that is not null.
    Json(Value),
    /// The texts of a form or query field, at least one.
    Texts(Vec<String>),
    /// A file.
    File(UploadedFile),
}

impl Source {
    /// Takes a field. Null counts as absent.
    pub(super) fn take(&mut self, name: &str) -> Option<Raw> {
        match self {
            Self::Json(map) => map.remove(name).filter(|value| !value.is_null()).map(Raw::Json),
            Self::Texts(texts) => texts
                .remove(name)
                .filter(|texts| !texts.is_empty())
                .map(Raw::Texts),
        }
    }

    /// The text of a JSON field, left in place.
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
    /// A text without NUL, which PostgreSQL cannot store. Of a repeated field the first counts.
    pub fn text(self) -> Result<String, FieldError> {
        let text = match self {
            Self::Json(Value::String(text)) => text,
            Self::Texts(texts) => texts.into_iter().next().unwrap_or_default(),
            Self::Json(_) | Self::File(_) => return Err(wrong(FieldType::Text)),
        };
        if text.contains('\0') {
            return Err(FieldError::ForbiddenCharacter);
        }
        Ok(text)
    }

    /// A whole number. One beyond 64 bits becomes the nearest that fits: it is out of every range all the same.
    pub fn integer(self) -> Result<i64, FieldError> {
        let digits = match self {
            Self::Json(Value::Number(number)) => number.to_string(),
            Self::Texts(texts) => texts
                .first()
                .map(|text| text.trim().to_owned())
                .unwrap_or_default(),
            Self::Json(_) | Self::File(_) => return Err(wrong(FieldType::Integer)),
        };
        let unsigned = digits.strip_prefix('-').unwrap_or(&digits);
        if unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong(FieldType::Integer));
        }
        let nearest = if unsigned.len() < digits.len() {
            i64::MIN
        } else {
            i64::MAX
        };
        Ok(digits.parse().unwrap_or(nearest))
    }

    /// `true` or `false`.
    pub fn boolean(self) -> Result<bool, FieldError> {
        match self {
            Self::Json(Value::Bool(value)) => Ok(value),
            Self::Texts(texts) => match texts.first().map(String::as_str) {
                Some("true") => Ok(true),
                Some("false") => Ok(false),
                _ => Err(wrong(FieldType::Boolean)),
            },
            Self::Json(_) | Self::File(_) => Err(wrong(FieldType::Boolean)),
        }
    }

    /// An object; in a form, a text that is a JSON object.
    pub fn object(self) -> Result<Map<String, Value>, FieldError> {
        match self {
            Self::Json(Value::Object(map)) => Some(map),
            Self::Texts(texts) => texts.first().and_then(|text| serde_json::from_str(text).ok()),
            Self::Json(_) | Self::File(_) => None,
        }
        .ok_or(wrong(FieldType::Object))
    }

    /// The entries of a list; in a form, a repeated field or one text that is a JSON list.
    pub fn list(self) -> Result<Vec<Self>, FieldError> {
        let values: Vec<Value> = match self {
            Self::Json(Value::Array(values)) => values,
            Self::Texts(texts) => match &texts[..] {
                [one] if one.trim_start().starts_with('[') => {
                    serde_json::from_str(one).map_err(|_| wrong(FieldType::List))?
                }
                _ => return Ok(texts.into_iter().map(|text| Self::Texts(vec![text])).collect()),
            },
            Self::Json(_) | Self::File(_) => return Err(wrong(FieldType::List)),
        };
        Ok(values.into_iter().map(Self::Json).collect())
    }

    /// Any JSON value; a form's text as a string.
    pub fn into_value(self) -> Value {
        match self {
            Self::Json(value) => value,
            other => other.text().map_or(Value::Null, Value::String),
        }
    }
}

/// A value of another type than `expected`.
pub fn wrong(expected: FieldType) -> FieldError {
    FieldError::WrongType { expected }
}
