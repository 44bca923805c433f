//! Compares answers with snapshots: status, `Location` and body of every answer that a test adds. Ids are compared,
//! because each test has its own database whose sequences start at 1. Values that differ between runs are replaced if
//! they have the expected format. Equal times and equal keys get equal numbers.
//!
//! `INSTA_UPDATE=always cargo test -p stylelicense --test it <test>` writes the snapshot. Otherwise nothing is written,
//! and an answer without a snapshot fails.

use std::sync::Mutex;

use http_api::edge::{error_code::ErrorCode, language::Lang};
use insta::{
    Settings, dynamic_redaction,
    internals::{Content, Redaction},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use testkit::client::Answer;

use super::{Platform, masks::Masks};

const TIMES: &str = ".**.created_at, .**.updated_at, .**.expires_at, .**.valid_from, .**.last_updated, \
    .**.followed_at, .**.canceled_at, .**.at";

/// Fields that may contain URLs and keys.
const URLS: &str = ".**.request, .**.location, .**.profile_image, .**.signature_image_url, .**.thumbnail_url, \
    .**.image_url, .**.result_url, .**.payment_url, .**.order_id";

/// The answers of one test.
#[derive(Debug, Default)]
pub struct Answers(pub Vec<Entry>);

#[derive(Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Method, path and query.
    pub request: String,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
}

impl Entry {
    /// The answer as the document lists it: `201`, or `404 STYLE_NOT_FOUND`.
    pub fn name(&self) -> String {
        let code = self.body.as_ref().and_then(|body| body["error"]["code"].as_str());
        match code {
            Some(code) => format!("{} {code}", self.status),
            None => self.status.to_string(),
        }
    }
}

impl Answers {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an answer. Returns its `data`.
    pub fn add(&mut self, answer: &Answer) -> Value {
        let query = answer.query.as_ref().map(|query| format!("?{query}"));
        let body = (!answer.text.is_empty()).then(|| answer.json());
        let data = body.as_ref().map_or(Value::Null, |body| body["data"].clone());
        self.0.push(Entry {
            request: format!("{} {}{}", answer.method, answer.path, query.unwrap_or_default()),
            status: answer.status.as_u16(),
            location: Some(answer.location().to_owned()).filter(|location| !location.is_empty()),
            body,
        });
        data
    }

    /// Replaces values that differ between runs.
    pub fn redactions(platform: &Platform) -> Settings {
        let mut settings = Settings::clone_current();
        settings.set_omit_expression(true);
        let times = Numbers::default();
        settings.add_redaction(
            TIMES,
            redact_string(move |text| {
                let is_time = text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok();
                if is_time {
                    format!("[time {}]", times.of(text))
                } else {
                    text.to_owned()
                }
            }),
        );
        let (masks, keys) = (Masks::of(platform), Numbers::default());
        settings.add_redaction(
            URLS,
            redact_string(move |text| masks.mask(text, |key| format!("[key {}]", keys.of(key)))),
        );
        settings.add_redaction(
            ".**.next_cursor, .**.version",
            redact_string(|text| {
                if text.is_empty() {
                    String::new()
                } else {
                    "[text]".to_owned()
                }
            }),
        );
        settings
    }
}

/// Compares the answers of a test with its snapshot.
macro_rules! assert_answers {
    ($answers:expr, $platform:expr) => {
        $crate::support::answers::Answers::redactions($platform)
            .bind(|| insta::assert_json_snapshot!($answers.0))
    };
}
pub(crate) use assert_answers;

/// A redaction of strings that keeps other values.
fn redact_string(redact: impl Fn(&str) -> String + Send + Sync + 'static) -> Redaction {
    dynamic_redaction(move |value: Content, _| match value.as_str() {
        Some(text) => redact(text).into(),
        None => value,
    })
}

/// Numbers texts in the order of first appearance.
#[derive(Default)]
struct Numbers(Mutex<Vec<String>>);

impl Numbers {
    fn of(&self, text: &str) -> usize {
        let mut known = self.0.lock().expect("no redaction panics");
        let index = known.iter().position(|known| known == text);
        index.unwrap_or_else(|| {
            known.push(text.to_owned());
            known.len() - 1
        }) + 1
    }
}

/// Asserts a success with this status and exactly these `data`.
#[track_caller]
pub fn assert_data(answer: &Answer, status: u16, data: &Value) {
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (status, json!({"success": true, "data": data}))
    );
}

/// Asserts an error with this status, code and exactly these `details`. The message must be the English message of the
/// code, or any message for a malformed request.
#[track_caller]
pub fn assert_error(answer: &Answer, status: u16, code: &str, details: &Value) {
    let found = answer.json();
    let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
    let known = *known.unwrap_or_else(|| panic!("unknown code {code}"));
    assert_eq!(known.status().as_u16(), status, "status of {code}");
    let message = match known {
        ErrorCode::InvalidRequest | ErrorCode::UnsupportedMediaType => {
            let message = found["error"]["message"].as_str().unwrap_or_default();
            assert!(!message.is_empty(), "{found}");
            message
        }
        known => known.text(Lang::English),
    };
    let error = json!({"code": code, "message": message, "details": details});
    assert_eq!(
        (answer.status.as_u16(), found),
        (status, json!({"success": false, "error": error}))
    );
}
