//! [`FieldValue`] of the domain types. The limits and enum values in the OpenAPI document come from the types.

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
use serde_json::{Value, json};

use super::{FieldValue, List, Raw, source::wrong_type};
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
                Part::text(30, wrong_type(FieldType::Integer))
            }
        }
    )+};
}

integers! { GenerationPrice Seed }

/// An integer with the range that a rejection contains.
fn integer(rejection: Option<&FieldError>) -> Value {
    match rejection {
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

/// Implements [`FieldValue`] for a string enum: by the `parse` of the type, or by the values given.
macro_rules! string_enum {
    ($($type:ident)+) => {$(
        impl FieldValue for $type {
            fn read(raw: Raw) -> Result<Self, FieldError> {
                Self::parse(&raw.text()?)
            }

            fn schema() -> Value {
                $crate::edge::fields::values::enum_schema(Self::parse("").err().as_ref())
            }

            fn part() -> Part {
                Part::text(30, FieldError::Malformed)
            }
        }
    )+};
    ($type:ident: $first:literal => $value:expr $(, $text:literal => $other:expr)* $(,)?) => {
        impl $crate::edge::fields::FieldValue for $type {
            fn read(raw: $crate::edge::fields::Raw) -> Result<Self, domain::FieldError> {
                match raw.text()?.as_str() {
                    $first => Ok($value),
                    $($text => Ok($other),)*
                    _ => Err(domain::FieldError::NotOneOf { allowed: &[$first $(, $text)*] }),
                }
            }

            fn schema() -> serde_json::Value {
                serde_json::json!({ "type": "string", "enum": [$first $(, $text)*] })
            }
        }
    };
}
pub(crate) use string_enum;

string_enum! { LicenseKind AspectRatio TransactionFilter SearchScope Sort }

/// A string enum with the values that a rejection contains.
pub(crate) fn enum_schema(rejection: Option<&FieldError>) -> Value {
    match rejection {
        Some(FieldError::NotOneOf { allowed }) => {
            json!({ "type": "string", "enum": allowed })
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

/// Years after 9999 are rejected, because the database does not store them.
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

/// An image of at most `MAX_BYTES`: a file in a form, or a `data:` URL in JSON. `read_upload` converts a valid `data:`
/// URL to a file, so a string that is still in the field is invalid.
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

/// Decodes a `data:` URL of an image.
pub fn read_data_url(raw: &str) -> Result<Bytes, FieldError> {
    if raw.trim().is_empty() {
        return Err(FieldError::Required);
    }
    let (_, data) = raw
        .trim()
        .strip_prefix("data:image/")
        .and_then(|rest| rest.split_once(";base64,"))
        .ok_or(wrong_type(FieldType::File))?;
    STANDARD
        .decode(data)
        .map(Bytes::from)
        .map_err(|_| FieldError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_base64_data_urls_of_images_are_accepted() {
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
