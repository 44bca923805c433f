//! Whole answers compared with whole expectations. What a test cannot know beforehand stands there as a mask, a text
//! in angle brackets that says what must be in its place:
//!
//! | mask | stands for |
//! |---|---|
//! | `<id>` | a positive whole number |
//! | `<time>` | a time, RFC 3339 in UTC |
//! | `<url>` | an address without a signature |
//! | `<presigned>` | an address with a signature that ends |
//! | `<cursor>`, `<text>` | any text |
//! | `<uuid>` | a UUID |
//! | `<number>` | a number that is not negative |
//!
//! `<id:style>` has a name as well: all masks of one name stand for one and the same value. Everything else is equal to the letter, fields that are not named are not there.

use std::collections::BTreeMap;

use http_api::edge::{error_code::ErrorCode, language::Lang};
use serde_json::{Map, Value, json};
use testkit::client::Answer;
use uuid::Uuid;

use super::shown::{Seen, Shown};

/// What the named masks of a test stand for, and which answers it has compared.
#[derive(Debug, Clone, Default)]
pub struct Known {
    names: BTreeMap<String, Value>,
    seen: Seen,
}

impl Known {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asserts a success with this status and exactly these `data`; returns them as they came.
    #[track_caller]
    pub fn data(&mut self, answer: &Answer, status: u16, expected: &Value) -> Value {
        self.whole(answer, status, &json!({"success": true, "data": expected}));
        answer.json()["data"].clone()
    }

    /// Asserts an error with this status, code and exactly these `details`, and with the code's own English message
    /// or, of a request that could not be read, the message of a cause.
    #[track_caller]
    pub fn error(&mut self, answer: &Answer, status: u16, code: &str, details: &Value) {
        let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
        let known = *known.unwrap_or_else(|| panic!("the contract has no {code}"));
        assert_eq!(
            known.status().as_u16(),
            status,
            "{code} comes with another status"
        );
        let message = match known {
            ErrorCode::InvalidRequest | ErrorCode::UnsupportedMediaType => "<text>",
            known => known.text(Lang::English),
        };
        let error = json!({"code": code, "message": message, "details": details});
        self.whole(answer, status, &json!({"success": false, "error": error}));
    }

    /// Asserts the status and the whole body.
    #[track_caller]
    pub fn whole(&mut self, answer: &Answer, status: u16, expected: &Value) {
        let found = answer.json();
        let mut faults = Vec::new();
        self.compare("", expected, &found, &mut faults);
        if answer.status.as_u16() != status {
            faults.insert(
                0,
                format!("the status is {} and not {status}", answer.status.as_u16()),
            );
        }
        assert!(
            faults.is_empty(),
            "not what the contract says:\n  {}\nthe answer, masked where it was expected so:\n{:#}",
            faults.join("\n  "),
            masked_alike(expected, &found),
        );
        self.seen.note(answer);
    }

    /// Asserts a success without a body.
    #[track_caller]
    pub fn nothing(&mut self, answer: &Answer) {
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
        self.seen.note(answer);
    }

    /// Asserts that the browser is sent to an address that begins so.
    #[track_caller]
    pub fn redirect(&mut self, answer: &Answer, start: &str) {
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (302, ""));
        assert!(answer.location().starts_with(start), "{}", answer.location());
        self.seen.note(answer);
    }

    /// Asserts that the test has compared every answer it is listed for.
    #[track_caller]
    pub fn shows(&self, listed: Shown) {
        let missing = self.seen.missing(listed);
        assert!(missing.is_empty(), "listed, but not compared: {missing:?}");
    }

    fn compare(&mut self, path: &str, expected: &Value, found: &Value, faults: &mut Vec<String>) {
        match (expected, found) {
            (Value::String(text), _) if mask(text).is_some() => {
                if let Err(fault) = self.stand_in(text, found) {
                    faults.push(format!("{path}: {fault}"));
                }
            }
            (Value::Object(expected), Value::Object(found)) => {
                self.compare_fields(path, expected, found, faults);
            }
            (Value::Array(expected), Value::Array(found)) => {
                if expected.len() != found.len() {
                    faults.push(format!(
                        "{path}: {} entries and not {}",
                        found.len(),
                        expected.len()
                    ));
                }
                for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
                    self.compare(&format!("{path}[{number}]"), expected, found, faults);
                }
            }
            _ if expected == found => {}
            _ => faults.push(format!("{path}: {found} and not {expected}")),
        }
    }

    fn compare_fields(
        &mut self,
        path: &str,
        expected: &Map<String, Value>,
        found: &Map<String, Value>,
        faults: &mut Vec<String>,
    ) {
        for (name, expected) in expected {
            match found.get(name) {
                Some(found) => self.compare(&format!("{path}.{name}"), expected, found, faults),
                None => faults.push(format!("{path}.{name} is missing")),
            }
        }
        let extra = found.iter().filter(|(name, _)| !expected.contains_key(*name));
        faults.extend(extra.map(|(name, value)| format!("{path}.{name} is not expected: {value}")));
    }

    fn stand_in(&mut self, text: &str, found: &Value) -> Result<(), String> {
        let (kind, name) = mask(text).unwrap_or_default();
        if !is_a(kind, found) {
            return Err(format!("{found} is no {text}"));
        }
        if name.is_empty() {
            return Ok(());
        }
        let known = self.names.entry(name.to_owned()).or_insert_with(|| found.clone());
        if known == found {
            Ok(())
        } else {
            Err(format!("{found} and not {known}, the {text}"))
        }
    }
}

/// Asserts a success with exactly these `data`: see [`Known::data`].
#[track_caller]
pub fn assert_data(answer: &Answer, status: u16, expected: &Value) -> Value {
    Known::new().data(answer, status, expected)
}

/// Asserts an error with exactly these `details`: see [`Known::error`].
#[track_caller]
pub fn assert_error(answer: &Answer, status: u16, code: &str, details: &Value) {
    Known::new().error(answer, status, code, details);
}

/// Kind and name of a mask.
fn mask(text: &str) -> Option<(&str, &str)> {
    const KINDS: [&str; 9] = [
        "id",
        "time",
        "url",
        "presigned",
        "cursor",
        "text",
        "uuid",
        "number",
        "any",
    ];
    let inner = text.strip_prefix('<')?.strip_suffix('>')?;
    let (kind, name) = inner.split_once(':').unwrap_or((inner, ""));
    KINDS.contains(&kind).then_some((kind, name))
}

fn is_a(kind: &str, found: &Value) -> bool {
    let text = found.as_str().unwrap_or_default();
    match kind {
        "id" => found.as_i64().is_some_and(|id| id > 0),
        "time" => text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        "url" => text.starts_with("http") && !text.contains('?'),
        "presigned" => text.starts_with("http") && text.contains("X-Amz-Signature="),
        "uuid" => Uuid::parse_str(text).is_ok(),
        "number" => found.as_f64().is_some_and(|number| number >= 0.0),
        "any" => true,
        _ => !text.is_empty(),
    }
}

/// The answer with masks where they were expected and fit, ready to become an expectation.
fn masked_alike(expected: &Value, found: &Value) -> Value {
    match (expected, found) {
        (Value::String(text), _) => match mask(text) {
            Some((kind, _)) if is_a(kind, found) => expected.clone(),
            _ => found.clone(),
        },
        (Value::Object(expected), Value::Object(found)) => {
            let nothing = Value::Null;
            let alike = found.iter().map(|(name, inner)| {
                let expected = expected.get(name).unwrap_or(&nothing);
                (name.clone(), masked_alike(expected, inner))
            });
            Value::Object(alike.collect())
        }
        (Value::Array(expected), Value::Array(found)) => {
            let expected = expected.iter().chain(std::iter::repeat(&Value::Null));
            found
                .iter()
                .zip(expected)
                .map(|(found, expected)| masked_alike(expected, found))
                .collect()
        }
        _ => found.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Known;

    fn faults(expected: &Value, found: &Value) -> usize {
        let mut faults = Vec::new();
        Known::new().compare("", expected, found, &mut faults);
        faults.len()
    }

    #[test]
    fn a_mask_stands_for_its_kind_and_its_name_for_one_value() {
        let found = json!({"id": 7, "user": {"id": 7}, "at": "2026-01-02T03:04:05Z", "tags": ["a"]});
        let expected = json!({"id": "<id:x>", "user": {"id": "<id:x>"}, "at": "<time>", "tags": ["a"]});
        assert_eq!(faults(&expected, &found), 0);
        for wrong in [
            json!({"id": "<id:x>", "user": {"id": "<id:x>"}, "at": "<time>", "tags": []}),
            json!({"id": "<id:x>", "user": {"id": "<id:x>"}, "at": "<id>", "tags": ["a"]}),
            json!({"id": "<id:x>", "user": {"id": "<id:x>"}, "at": "<time>"}),
            json!({"id": "<id:x>", "user": {"id": "<id:x>"}, "at": "<time>", "tags": ["a"], "b": null}),
            json!({"id": "<id:x>", "user": {"id": 8}, "at": "<time>", "tags": ["a"]}),
            json!({"id": "<id:x>", "user": {"id": "<text:x>"}, "at": "<time>", "tags": ["a"]}),
        ] {
            assert_eq!(faults(&wrong, &found), 1, "{wrong}");
        }
        assert_eq!(faults(&json!(["<id:x>", "<id:x>"]), &json!([7, 8])), 1);
    }
}
