//! What becomes of good and bad values.

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
fn all_bad_fields_are_reported_at_once() {
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
fn null_is_told_from_absent() {
    let read = |body: Value| {
        let mut fields = json_fields(body);
        let bio = Nullable::<String>::read(&mut fields, "bio").unwrap().0;
        let name = NonNull::<String>::read(&mut fields, "name").map(|name| name.0);
        (bio, name.filter(|_| fields.are_good()))
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
fn numbers_beyond_sixty_four_bits_are_out_of_range_and_not_of_the_wrong_type() {
    let fault = |raw: &str| {
        let mut fields = Fields::parse(format!("{{\"price\":{raw}}}").as_bytes()).unwrap();
        assert!(
            Price::read(&mut fields).map(|price| price.price).is_none(),
            "{raw}"
        );
        fields.faults
    };
    for raw in ["9223372036854775808", "18446744073709551615", "-1", "0", "10001"] {
        let expected = FieldErrors::of("price", FieldError::OutOfRange { min: 1, max: 10_000 });
        assert_eq!(fault(raw), expected, "{raw}");
    }
    for raw in ["1.5", "1e3", "\"7\"", "true", "[1]"] {
        let expected = FieldErrors::of("price", wrong(FieldType::Integer));
        assert_eq!(fault(raw), expected, "{raw}");
    }
}

#[test]
fn texts_with_nul_are_refused_whatever_the_field() {
    let mut fields = json_fields(json!({ "package_id": "a\0b" }));
    assert_eq!(<String as Field>::read(&mut fields, "package_id"), None);
    assert_eq!(
        fields.faults,
        FieldErrors::of("package_id", FieldError::ForbiddenCharacter)
    );
}

#[test]
fn a_bad_cursor_goes_before_field_faults() {
    let texts = [("limit", "0"), ("cursor", "???")];
    let texts = texts.map(|(name, text)| (name.to_owned(), vec![text.to_owned()]));
    let error = Fields::of_texts(texts.into()).read::<PageQuery>().unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidCursor);
}

#[test]
fn a_form_sends_a_list_as_repeated_fields_or_as_json() {
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
fn a_query_sends_a_list_with_commas() {
    let words = |values: &[&str]| {
        let list = OrDefault::<WordList<String, 3>>::read(&mut form(values), "tags");
        list.map(|OrDefault(WordList(words))| words)
    };
    assert_eq!(words(&["a, b,,", "c"]).unwrap(), ["a", "b", "c"]);
    assert_eq!(words(&["a,b,c,d"]), None);
    assert!(words(&[]).unwrap().is_empty());
}

#[test]
fn a_parameter_that_comes_twice_counts_as_absent() {
    let once = |values: &[&str]| Once::read(&mut form(values), "tags").unwrap().0;
    assert_eq!(once(&["a b"]).as_deref(), Some("a b"));
    assert_eq!(once(&[""]).as_deref(), Some(""));
    assert_eq!(once(&["1", "1"]), None);
    assert_eq!(once(&[]), None);
}
