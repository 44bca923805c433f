//! Where fields come from: a JSON object, or the texts of a form or a query string.

use std::collections::HashMap;

use domain::{FieldError, field_error::FieldType};
use serde_json::{Map, Value};

/// Raw fields.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Json(Map<String, Value>),
    Texts(HashMap<String, Vec<String>>),
}

/// One raw value.
#[derive(Debug, Clone)]
pub(super) enum Raw {
    Json(Value),
    Text(String),
}

impl Source {
    /// Takes a field's value; a field named twice counts once. JSON's null is no value.
    pub(super) fn take(&mut self, name: &str) -> Option<Raw> {
        match self {
            Self::Json(map) => match map.remove(name)? {
                Value::Null => None,
                value => Some(Raw::Json(value)),
            },
            Self::Texts(texts) => texts.remove(name)?.into_iter().next().map(Raw::Text),
        }
    }

    /// Takes every value of a list field: a JSON list, a field named several times, or one text that is a JSON list.
    pub(super) fn take_list(&mut self, name: &str) -> Option<Result<Vec<Raw>, FieldError>> {
        match self {
            Self::Json(map) => match map.remove(name)? {
                Value::Null => None,
                Value::Array(values) => Some(Ok(values.into_iter().map(Raw::Json).collect())),
                _ => Some(Err(wrong(FieldType::List))),
            },
            Self::Texts(texts) => {
                let texts = texts.remove(name)?;
                Some(match &texts[..] {
                    [one] if one.trim_start().starts_with('[') => serde_json::from_str::<Vec<Value>>(one)
                        .map(|values| values.into_iter().map(Raw::Json).collect())
                        .map_err(|_| wrong(FieldType::List)),
                    _ => Ok(texts.into_iter().map(Raw::Text).collect()),
                })
            }
        }
    }

    /// A JSON text, left in place.
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
    /// The value as it came.
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Json(value) => value,
            Self::Text(text) => Value::String(text),
        }
    }

    /// A text without NUL, which PostgreSQL stores nowhere.
    pub(super) fn text(self) -> Result<String, FieldError> {
        match self {
            Self::Json(Value::String(text)) | Self::Text(text) if text.contains('\0') => {
                drop(text);
                Err(FieldError::ForbiddenCharacter)
            }
            Self::Json(Value::String(text)) | Self::Text(text) => Ok(text),
            Self::Json(_) => Err(wrong(FieldType::Text)),
        }
    }

    /// A whole number. One beyond 64 bits becomes the nearest that fits: it is out of every range all the same.
    pub(super) fn integer(self) -> Result<i64, FieldError> {
        let digits = match self {
            Self::Json(Value::Number(number)) => number.to_string(),
            Self::Text(text) => text.trim().to_owned(),
            Self::Json(_) => return Err(wrong(FieldType::Integer)),
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
    pub(super) fn boolean(self) -> Result<bool, FieldError> {
        match self {
            Self::Json(Value::Bool(value)) => Ok(value),
            Self::Text(text) if text == "true" => Ok(true),
            Self::Text(text) if text == "false" => Ok(false),
            _ => Err(wrong(FieldType::Boolean)),
        }
    }

    /// An object; in a form, a text that is a JSON object.
    pub(super) fn object(self) -> Result<Map<String, Value>, FieldError> {
        match self {
            Self::Json(Value::Object(map)) => Ok(map),
            Self::Text(text) => serde_json::from_str(&text).map_err(|_| wrong(FieldType::Object)),
            Self::Json(_) => Err(wrong(FieldType::Object)),
        }
    }
}

fn wrong(expected: FieldType) -> FieldError {
    FieldError::WrongType { expected }
}
