//! The kinds of request fields: required, optional, nullable, list.

use domain::FieldError;
use serde_json::{Value, json};

use super::{Fields, Raw, request::plain};
use crate::edge::form_part::Part;

/// A type that the value of a field is parsed into.
pub trait FieldValue: Sized {
    fn read(raw: Raw) -> Result<Self, FieldError>;

    fn schema() -> Value;

    /// The limits of this value in a multipart form.
    fn part() -> Part {
        Part::text(10_000, FieldError::Malformed)
    }
}

/// A field of a request. A plain value is required; `Option` and the wrappers below may be absent.
pub trait Field: Sized {
    /// Reads the field. `None` if an error was recorded.
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self>;

    /// The OpenAPI properties of this field. A page has several.
    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property>;
}

/// A field in the OpenAPI document and in a multipart form.
#[derive(Debug, Clone)]
pub struct Property {
    pub name: &'static str,
    pub required: bool,
    /// JSON schema with description and example.
    pub schema: Value,
    pub part: Part,
}

impl Property {
    pub fn of<T: FieldValue>(
        name: &'static str,
        required: bool,
        mut schema: Value,
        about: &str,
        example: Option<Value>,
    ) -> Vec<Self> {
        schema["description"] = json!(plain(about));
        if let Some(example) = example {
            schema["example"] = example;
        }
        let part = T::part();
        vec![Self {
            name,
            required,
            schema,
            part,
        }]
    }
}

/// Adds null to the types of a schema.
pub fn nullable(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    schema
}

impl<T: FieldValue> Field for T {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        let read = fields.take(name).ok_or(FieldError::Required).and_then(T::read);
        fields.record(name, read)
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        Property::of::<T>(name, true, T::schema(), about, example)
    }
}

/// May be absent or null.
impl<T: FieldValue> Field for Option<T> {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        match fields.take(name) {
            None => Some(None),
            Some(raw) => fields.record(name, T::read(raw)).map(Some),
        }
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        Property::of::<T>(name, false, nullable(T::schema()), about, example)
    }
}

/// Optional; the default if absent or null.
#[derive(Debug)]
pub struct OrDefault<T>(pub T);

impl<T: FieldValue + Default + PartialEq> Field for OrDefault<T> {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        Option::read(fields, name).map(|value: Option<T>| Self(value.unwrap_or_default()))
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        let mut schema = T::schema();
        let values = schema["enum"].as_array().cloned().unwrap_or_default();
        let is_default = |value: &Value| T::read(Raw::Json(value.clone())) == Ok(T::default());
        if let Some(value) = values.into_iter().find(is_default) {
            schema["default"] = value;
        }
        Property::of::<T>(name, false, schema, about, example)
    }
}

/// Optional but not nullable: an update can change the value and cannot remove it.
#[derive(Debug)]
pub struct NonNull<T>(pub Option<T>);

impl<T: FieldValue> Field for NonNull<T> {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        if fields.is_null(name) {
            fields.add_error(name, FieldError::Required);
        }
        Option::read(fields, name).map(Self)
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        Property::of::<T>(name, false, T::schema(), about, example)
    }
}

/// Absent (`None`), null (`Some(None)`) or a value: in an update, null removes the value.
#[derive(Debug)]
pub struct Nullable<T>(pub Option<Option<T>>);

impl<T: FieldValue> Field for Nullable<T> {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        if fields.is_null(name) {
            return Some(Self(Some(None)));
        }
        Option::read(fields, name).map(|value: Option<T>| Self(value.map(Some)))
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        <Option<T> as Field>::describe(name, about, example)
    }
}

/// A list of `MIN` to `MAX` entries. Its error is that of the first invalid entry.
#[derive(Debug, PartialEq, Eq)]
pub struct List<T, const MIN: usize, const MAX: usize>(pub Vec<T>);

impl<T, const MAX: usize> Default for List<T, 0, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: FieldValue, const MIN: usize, const MAX: usize> FieldValue for List<T, MIN, MAX> {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        let entries = raw.list()?;
        if !(MIN..=MAX).contains(&entries.len()) {
            return Err(FieldError::WrongCount { min: MIN, max: MAX });
        }
        entries
            .into_iter()
            .map(T::read)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn schema() -> Value {
        json!({ "type": "array", "items": T::schema(), "minItems": MIN, "maxItems": MAX })
    }

    /// Accepts twice `MAX` entries, so that a list that is too long gets the error of `read`.
    fn part() -> Part {
        Part::Text {
            max_bytes: 10_000,
            max_count: 2 * MAX,
            too_long: T::part().too_long(),
        }
    }
}

/// Up to `MAX` entries of a query, separated by commas or in a repeated parameter. Blank entries are ignored.
#[derive(Debug, PartialEq, Eq)]
pub struct CommaSeparated<T, const MAX: usize>(pub Vec<T>);

impl<T, const MAX: usize> Default for CommaSeparated<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: FieldValue, const MAX: usize> FieldValue for CommaSeparated<T, MAX> {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        let texts = raw
            .list()?
            .into_iter()
            .map(Raw::text)
            .collect::<Result<Vec<_>, _>>()?;
        let entries = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
        let entries: Vec<&str> = entries.filter(|entry| !entry.is_empty()).collect();
        if entries.len() > MAX {
            return Err(FieldError::WrongCount { min: 0, max: MAX });
        }
        let read = |entry: &str| T::read(Raw::Texts(vec![entry.to_owned()]));
        entries.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

/// A query parameter of a browser redirect. A repeated parameter counts as absent: programs disagree on which of its
/// values is the valid one (HTTP parameter pollution).
#[derive(Debug)]
pub struct SingleParam(pub Option<String>);

impl Field for SingleParam {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        Some(Self(match fields.take(name) {
            Some(Raw::Texts(texts)) => <[String; 1]>::try_from(texts).ok().map(|[text]| text),
            _ => None,
        }))
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        Property::of::<String>(name, false, String::schema(), about, example)
    }
}
