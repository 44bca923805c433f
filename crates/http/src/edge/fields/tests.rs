//! Valid and invalid values.

use domain::{
    field_error::FieldType,
    styles::{GenerationPrice, StyleName, TagName},
};
use serde_json::json;

use super::*;
use crate::{
    edge::{error_code::ErrorCode, language::Lang},
    request,
};

request! {
    struct Thing {
        name: StyleName,
        price: GenerationPrice,
        tags: List<TagName, 1, 2>,
        missing: StyleName,
    }
}

request! {
    struct Price {
        price: GenerationPrice,
    }
}

fn json_fields(value: Value) -> Fields {
    match value {
        Value::Object(map) => Fields::of_json(map),
        other => panic!("{other}"),
    }
}

fn form(values: &[&str]) -> Fields {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Fields::of_texts([("tags".to_owned(), values)].into())
}

fn details(error: &ApiError) -> Value {
    error.body(Lang::English)["error"]["details"].clone()
}

#[test]
fn all_field_errors_are_reported_together() {
    let fields = json_fields(json!({ "name": "  ", "price": 1.5, "tags": ["수채화"], "other": 1 }));
    let error = fields.read::<Thing>().unwrap_err();
    assert_eq!(error.code(), ErrorCode::ValidationError);
    let details = details(&error);
    let names: Vec<_> = details.as_object().unwrap().keys().collect();
    assert_eq!(names, ["missing", "name", "price", "tags"]);
    let good = json!({ "name": "Sea", "price": 30, "tags": ["sea"], "missing": "here" });
    let read: Thing = json_fields(good).read().unwrap();
    assert_eq!((read.name.as_str(), read.missing.as_str()), ("Sea", "here"));
    assert_eq!((read.price.tokens().get(), read.tags.0.len()), (30, 1));
}

#[test]
fn null_differs_from_absent() {
    let read = |body: Value| {
        let mut fields = json_fields(body);
        let bio = Nullable::<String>::read(&mut fields, "bio").unwrap().0;
        let name = NonNull::<String>::read(&mut fields, "name").map(|name| name.0);
        (bio, name.filter(|_| fields.is_valid()))
    };
    assert_eq!(read(json!({})), (None, Some(None)));
    assert_eq!(
        read(json!({ "bio": null, "name": "a" })),
        (Some(None), Some(Some("a".into())))
    );
    assert_eq!(
        read(json!({ "bio": "b", "name": null })),
        (Some(Some("b".into())), None)
    );
}

#[test]
fn integers_that_overflow_64_bits_are_out_of_range() {
    let errors_of = |raw: &str| {
        let mut fields = Fields::parse(format!("{{\"price\":{raw}}}").as_bytes()).unwrap();
        assert!(
            Price::read(&mut fields).map(|price| price.price).is_none(),
            "{raw}"
        );
        fields.errors
    };
    for raw in ["9223372036854775808", "18446744073709551615", "-1", "0", "10001"] {
        let expected = FieldErrors::of("price", FieldError::OutOfRange { min: 1, max: 10_000 });
        assert_eq!(errors_of(raw), expected, "{raw}");
    }
    for raw in ["1.5", "1e3", "\"7\"", "true", "[1]"] {
        let expected = FieldErrors::of("price", wrong_type(FieldType::Integer));
        assert_eq!(errors_of(raw), expected, "{raw}");
    }
}

#[test]
fn strings_with_nul_are_rejected_in_every_field() {
    let mut fields = json_fields(json!({ "package_id": "a\0b" }));
    assert_eq!(<String as Field>::read(&mut fields, "package_id"), None);
    assert_eq!(
        fields.errors,
        FieldErrors::of("package_id", FieldError::ForbiddenCharacter)
    );
}

#[test]
fn an_invalid_cursor_takes_precedence_over_field_errors() {
    let texts = [("limit", "0"), ("cursor", "???")];
    let texts = texts.map(|(name, text)| (name.to_owned(), vec![text.to_owned()]));
    let error = Fields::of_texts(texts.into()).read::<PageQuery>().unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidCursor);
}

#[test]
fn a_form_list_is_a_repeated_field_or_json() {
    let tags = |values: &[&str]| {
        let List(tags) = <List<TagName, 1, 2> as FieldValue>::read(form(values).take("tags")?).ok()?;
        Some(tags.iter().map(|tag| tag.as_str().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(tags(&["a", "b"]).unwrap(), ["a", "b"]);
    assert_eq!(tags(&["[\"a\", \"b\"]"]).unwrap(), ["a", "b"]);
    for bad in [&["[1]"][..], &["[oops"], &["a", "b", "c"]] {
        assert_eq!(tags(bad), None, "{bad:?}");
    }
}

#[test]
fn a_query_list_is_comma_separated_or_repeated() {
    let read = |values: &[&str]| {
        let list = OrDefault::<CommaSeparated<String, 3>>::read(&mut form(values), "tags");
        list.map(|OrDefault(CommaSeparated(entries))| entries)
    };
    assert_eq!(read(&["a, b,,", "c"]).unwrap(), ["a", "b", "c"]);
    assert_eq!(read(&["a,b,c,d"]), None);
    assert!(read(&[]).unwrap().is_empty());
}

#[test]
fn a_repeated_single_param_counts_as_absent() {
    let read = |values: &[&str]| SingleParam::read(&mut form(values), "tags").unwrap().0;
    assert_eq!(read(&["a b"]).as_deref(), Some("a b"));
    assert_eq!(read(&[""]).as_deref(), Some(""));
    assert_eq!(read(&["1", "1"]), None);
    assert_eq!(read(&[]), None);
}
