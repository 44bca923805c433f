//! Answers hold exactly the fields of the contract (A4).

mod accounts;
mod community;
mod generations;
mod styles;
mod users;

use std::collections::BTreeSet;

use serde_json::Value;

/// The names of a value's fields: `artist.id` for one inside another, `results[].id` for one in a list. What is null or
/// an empty list has no fields of its own.
fn fields(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(value, "", &mut found);
    found
}

fn collect(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                collect(inner, &path, found);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for inner in list {
                collect(inner, &format!("{path}[]"), found);
            }
        }
        _ => _ = found.insert(path.to_owned()),
    }
}

/// Asserts that `value` has exactly these fields, separated by spaces.
#[track_caller]
fn assert_fields(name: &str, value: &Value, expected: &str) {
    let expected: BTreeSet<String> = expected.split_whitespace().map(str::to_owned).collect();
    let found = fields(value);
    let missing: Vec<&String> = expected.difference(&found).collect();
    let extra: Vec<&String> = found.difference(&expected).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{name}: missing {missing:?}, not in the contract {extra:?}: {value}"
    );
}

/// Asserts that a time is RFC 3339 in UTC.
#[track_caller]
fn assert_time(value: &Value) {
    let text = value.as_str().expect("a time");
    assert!(
        text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        "{text}"
    );
}
