//! What a field of a request may be, and how it is documented.

use domain::FieldError;
use serde_json::{Value, json};

use super::{Fields, Raw, request::plain};
use crate::edge::form_part::Part;

/// A value of one field.
pub trait FieldValue: Sized {
    /// Reads the value, or says what is wrong with it.
    fn read(raw: Raw) -> Result<Self, FieldError>;

    /// Its JSON schema.
    fn schema() -> Value;

    /// How a form may send it.
    fn part() -> Part {
        Part::text(10_000, FieldError::Malformed)
    }
}

/// A field of a request. A plain value must be there; `Option` and the wrappers below may be absent.
pub trait Field: Sized {
    /// Reads the field; `None` when a fault was recorded.
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self>;

    /// What the document says, given the field's own text and example. A page describes several fields.
    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property>;
}

/// A field as documented and as a form may send it.
#[derive(Debug, Clone)]
pub struct Property {
    /// Name on the wire.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// JSON schema, with description.
    pub schema: Value,
    /// How a form may send it.
    pub part: Part,
}

impl Property {
    /// Describes a field of values `T` with `schema`.
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

/// The same schema with null.
pub fn nullable(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
    schema
}

impl<T: FieldValue> Field for T {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        let read = fields.take(name).ok_or(FieldError::Required).and_then(T::read);
        fields.keep(name, read)
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
            Some(raw) => fields.keep(name, T::read(raw)).map(Some),
        }
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        Property::of::<T>(name, false, nullable(T::schema()), about, example)
    }
}

/// May be absent, then it is the default.
#[derive(Debug)]
pub struct OrDefault<T>(pub T);

impl<T: FieldValue + Default + PartialEq> Field for OrDefault<T> {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        Option::read(fields, name).map(|value: Option<T>| Self(value.unwrap_or_default()))
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        let mut schema = T::schema();
        let words = schema["enum"].as_array().cloned().unwrap_or_default();
        let default = |word: &Value| T::read(Raw::Json(word.clone())) == Ok(T::default());
        if let Some(word) = words.into_iter().find(default) {
            schema["default"] = word;
        }
        Property::of::<T>(name, false, schema, about, example)
    }
}

/// May be absent, but not null: a value that can be changed and not taken away.
#[derive(Debug)]
pub struct NonNull<T>(pub Option<T>);

impl<T: FieldValue> Field for NonNull<T> {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        if fields.is_null(name) {
            fields.fault(name, FieldError::Required);
        }
        Option::read(fields, name).map(Self)
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        Property::of::<T>(name, false, T::schema(), about, example)
    }
}

/// Absent, null (`Some(None)`) or a value: null takes a value away.
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

/// A list of `MIN` to `MAX` entries; its first bad entry is its fault.
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

    /// Room for twice the entries: too many are counted, and not cut off.
    fn part() -> Part {
        Part::Text {
            max_bytes: 10_000,
            max_count: 2 * MAX,
            too_long: T::part().too_long(),
        }
    }
}

/// Up to `MAX` entries of a query, separated by commas or in a repeated parameter. Blank entries do not count.
#[derive(Debug, PartialEq, Eq)]
pub struct WordList<T, const MAX: usize>(pub Vec<T>);

impl<T, const MAX: usize> Default for WordList<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: FieldValue, const MAX: usize> FieldValue for WordList<T, MAX> {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        let texts = raw
            .list()?
            .into_iter()
            .map(Raw::text)
            .collect::<Result<Vec<_>, _>>()?;
        let words = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        if words.len() > MAX {
            return Err(FieldError::WrongCount { min: 0, max: MAX });
        }
        let read = |word: &str| T::read(Raw::Texts(vec![word.to_owned()]));
        words.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

/// A parameter of a browser's address: nothing when absent, and nothing when it comes twice, so that nobody has to guess
/// which of the two another program would have believed.
#[derive(Debug)]
pub struct Once(pub Option<String>);

impl Field for Once {
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
