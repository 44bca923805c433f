//! Values that fields hold. Limits and words in the document come from the types themselves.

use actix_web::web::Bytes;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Datelike, Utc};
use domain::{
    CommentId, FieldError, GenerationId, StyleId, UserId,
    field_error::FieldType,
    generations::{AspectRatio, Caption, PromptTags, Seed},
    page::{PageSize, Sort},
    search::{SearchScope, SearchText},
    social::CommentText,
    styles::{GenerationPrice, LicenseKind, StyleDescription, StyleName, TagName},
    tokens::TransactionFilter,
    users::{ArtistName, Bio, EmailAddress, Username},
};
use serde_json::{Map, Value, json};

use super::{FieldValue, List, Raw, source::wrong};
use crate::edge::{form_part::Part, spool::UploadedFile};

macro_rules! texts {
    ($($type:ident: $parse:ident, $min:expr;)+) => {$(
        impl FieldValue for $type {
            fn read(raw: Raw) -> Result<Self, FieldError> {
                Self::$parse(&raw.text()?)
            }

            fn schema() -> Value {
                let mut schema = json!({ "type": "string", "maxLength": Self::MAX });
                if $min > 0 {
                    schema["minLength"] = json!($min);
                }
                schema
            }

            fn part() -> Part {
                Part::text((10 * Self::MAX).max(1_000), FieldError::TooLong { max: Self::MAX })
            }
        }
    )+};
}

texts! {
    StyleName: parse, Self::MIN;
    StyleDescription: parse, Self::MIN;
    TagName: parse, 1;
    Username: parse, Self::MIN;
    Bio: parse, Self::MIN;
    EmailAddress: parse_address, Self::MIN;
    ArtistName: parse, Self::MIN;
    Caption: parse, Self::MIN;
    CommentText: parse, Self::MIN;
    SearchText: parse, Self::MIN;
}

impl FieldValue for String {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        raw.text()
    }

    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

macro_rules! integers {
    ($($type:ident)+) => {$(
        impl FieldValue for $type {
            fn read(raw: Raw) -> Result<Self, FieldError> {
                Self::new(raw.integer()?)
            }

            fn schema() -> Value {
                integer(Self::new(i64::MIN).err().as_ref())
            }

            fn part() -> Part {
                Part::text(30, wrong(FieldType::Integer))
            }
        }
    )+};
}

integers! { GenerationPrice Seed }

/// A whole number in the range that a refusal names.
fn integer(refusal: Option<&FieldError>) -> Value {
    match refusal {
        Some(FieldError::OutOfRange { min, max }) => {
            json!({ "type": "integer", "format": "int64", "minimum": min, "maximum": max })
        }
        _ => json!({ "type": "integer", "format": "int64" }),
    }
}

impl FieldValue for PageSize {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        Self::new(raw.integer()?)
    }

    fn schema() -> Value {
        let mut schema = integer(Self::new(i64::MIN).err().as_ref());
        schema["default"] = json!(Self::default().get());
        schema
    }
}

macro_rules! ids {
    ($($type:ident)+) => {$(
        impl FieldValue for $type {
            fn read(raw: Raw) -> Result<Self, FieldError> {
                raw.integer().map(Self)
            }

            fn schema() -> Value {
                integer(None)
            }
        }
    )+};
}

ids! { StyleId UserId GenerationId CommentId }

/// Implements [`FieldValue`] for a closed set of words: by its own `parse`, or by the words given.
macro_rules! words {
    ($($type:ident)+) => {$(
        impl FieldValue for $type {
            fn read(raw: Raw) -> Result<Self, FieldError> {
                Self::parse(&raw.text()?)
            }

            fn schema() -> Value {
                $crate::edge::fields::values::one_of(Self::parse("").err().as_ref())
            }

            fn part() -> Part {
                Part::text(30, FieldError::Malformed)
            }
        }
    )+};
    ($type:ident: $first:literal => $value:expr $(, $word:literal => $other:expr)* $(,)?) => {
        impl $crate::edge::fields::FieldValue for $type {
            fn read(raw: $crate::edge::fields::Raw) -> Result<Self, domain::FieldError> {
                match raw.text()?.as_str() {
                    $first => Ok($value),
                    $($word => Ok($other),)*
                    _ => Err(domain::FieldError::NotOneOf { allowed: concat!($first $(, ", ", $word)*) }),
                }
            }

            fn schema() -> serde_json::Value {
                serde_json::json!({ "type": "string", "enum": [$first $(, $word)*] })
            }
        }
    };
}
pub(crate) use words;

words! { LicenseKind AspectRatio TransactionFilter SearchScope }

words! { Sort: "recent" => Self::Recent, "popular" => Self::Popular }

/// The words that a refusal names.
pub(crate) fn one_of(refusal: Option<&FieldError>) -> Value {
    match refusal {
        Some(FieldError::NotOneOf { allowed }) => {
            json!({ "type": "string", "enum": allowed.split(", ").collect::<Vec<_>>() })
        }
        _ => json!({ "type": "string" }),
    }
}

impl FieldValue for bool {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        raw.boolean()
    }

    fn schema() -> Value {
        json!({ "type": "boolean" })
    }
}

impl FieldValue for PromptTags {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        type Tags = List<TagName, 1, { PromptTags::MAX }>;
        Tags::read(raw).and_then(|List(tags)| Self::new(tags))
    }

    fn schema() -> Value {
        List::<TagName, 1, { Self::MAX }>::schema()
    }
}

/// A time in a year that the database keeps.
impl FieldValue for DateTime<Utc> {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        let time = DateTime::parse_from_rfc3339(&raw.text()?).map_err(|_| FieldError::Malformed)?;
        let time = time.with_timezone(&Utc);
        if time.year() > 9999 {
            return Err(FieldError::Malformed);
        }
        Ok(time)
    }

    fn schema() -> Value {
        json!({ "type": "string", "format": "date-time" })
    }
}

impl FieldValue for Map<String, Value> {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        raw.object()
    }

    fn schema() -> Value {
        json!({ "type": "object" })
    }
}

/// An image of at most `MAX_BYTES`: a file of a form, or a `data:` URL in JSON. What a JSON body still holds here is no
/// good `data:` URL: a good one became a file when the body was read.
#[derive(Debug)]
pub struct ImageUpload<const MAX_BYTES: u64>(pub UploadedFile);

impl<const MAX_BYTES: u64> FieldValue for ImageUpload<MAX_BYTES> {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        match raw {
            Raw::File(file) => Ok(Self(file)),
            other => Err(read_data_url(&other.text()?)
                .err()
                .unwrap_or(FieldError::Malformed)),
        }
    }

    fn schema() -> Value {
        json!({ "type": "string" })
    }

    fn part() -> Part {
        Part::File {
            max_bytes: MAX_BYTES,
            max_count: 1,
        }
    }
}

/// The content of a `data:` URL of an image.
pub fn read_data_url(raw: &str) -> Result<Bytes, FieldError> {
    if raw.trim().is_empty() {
        return Err(FieldError::Required);
    }
    let (_, data) = raw
        .trim()
        .strip_prefix("data:image/")
        .and_then(|rest| rest.split_once(";base64,"))
        .ok_or(wrong(FieldType::File))?;
    STANDARD
        .decode(data)
        .map(Bytes::from)
        .map_err(|_| FieldError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_url_is_read_and_anything_else_refused() {
        assert!(matches!(read_data_url("data:image/png;base64,aGk="), Ok(b) if b == "hi"));
        for bad in [
            "",
            "aGk=",
            "data:text/html;base64,aGk=",
            "data:image/png;base64,???",
            "https://example.com/a.png",
        ] {
            assert!(read_data_url(bad).is_err(), "{bad}");
        }
    }
}
