//! What a reader of fields makes of good and bad values.

use domain::{
    field_error::FieldType,
    styles::{GenerationPrice, StyleName, TagName},
};
use serde_json::json;

use super::*;

fn json_fields(value: Value) -> Fields {
    match value {
        Value::Object(map) => Fields::of_json(map),
        other => panic!("{other}"),
    }
}

fn details(error: &ApiError) -> Value {
    error.body(crate::messages::Lang::English)["error"]["details"].clone()
}

#[test]
fn all_bad_fields_are_reported_at_once() {
    let mut fields = json_fields(json!({ "name": "  ", "cost": 1.5, "tags": ["수채화"], "other": 1 }));
    assert_eq!(fields.required("name", StyleName::parse), None);
    assert_eq!(fields.required_integer("cost", GenerationPrice::new), None);
    assert_eq!(fields.required_list("tags", 1..=30, TagName::parse), None);
    assert_eq!(fields.required("missing", StyleName::parse), None);
    let error = fields.check().unwrap_err();
    assert_eq!(error.code(), ErrorCode::ValidationError);
    let details = details(&error);
    let names: Vec<_> = details.as_object().unwrap().keys().collect();
    assert_eq!(names, ["cost", "missing", "name", "tags"]);
}

#[test]
fn null_is_told_from_absent() {
    let mut fields = json_fields(json!({ "bio": null }));
    assert!(fields.is_null("bio") && !fields.is_null("name"));
    assert_eq!(fields.text("bio"), None);
    assert!(fields.check().is_ok());
}

#[test]
fn numbers_beyond_sixty_four_bits_are_out_of_range_and_not_of_the_wrong_type() {
    for raw in ["9223372036854775808", "18446744073709551615", "-1", "0", "10001"] {
        let mut fields = json_fields(serde_json::from_str(&format!("{{\"cost\":{raw}}}")).unwrap());
        fields.required_integer("cost", GenerationPrice::new);
        let expected = FieldErrors::of("cost", FieldError::OutOfRange { min: 1, max: 10_000 });
        assert_eq!(fields.faults, expected, "{raw}");
    }
    for raw in ["1.5", "1e3", "\"7\"", "true", "[1]"] {
        let mut fields = json_fields(serde_json::from_str(&format!("{{\"cost\":{raw}}}")).unwrap());
        fields.required_integer("cost", GenerationPrice::new);
        let fault = FieldError::WrongType {
            expected: FieldType::Integer,
        };
        assert_eq!(fields.faults, FieldErrors::of("cost", fault), "{raw}");
    }
}

#[test]
fn texts_with_nul_are_refused_whatever_the_field() {
    let mut fields = json_fields(json!({ "package_id": "a\0b" }));
    assert_eq!(fields.text("package_id"), None);
    assert_eq!(
        fields.faults,
        FieldErrors::of("package_id", FieldError::ForbiddenCharacter)
    );
}

#[test]
fn a_bad_cursor_goes_before_field_faults() {
    let texts = [("limit", "0"), ("cursor", "???")];
    let texts = texts.map(|(name, text)| (name.to_owned(), vec![text.to_owned()]));
    let mut fields = Fields::of_texts(texts.into());
    assert_eq!(fields.page(Order::Time), None);
    assert_eq!(fields.check().unwrap_err().code(), ErrorCode::InvalidCursor);
}
