//! Sanitizes values from workers. Workers do not retry, so invalid values are corrected instead of rejected.

use serde_json::{Map, Value, json};

use crate::edge::envelope::Timestamp;

/// Maximum length of an error message, in characters.
const MAX_MESSAGE_CHARS: usize = 1000;

/// The values `names` of a progress report and the time of the report: non-negative integers, and a percentage from 0 to
/// 100. Invalid values become null.
pub fn sanitize_progress(reported: &Map<String, Value>, names: [&str; 4], at: Timestamp) -> Value {
    let mut progress = Map::new();
    for name in names {
        let value = reported.get(name).and_then(|sent| {
            let number = sent.as_f64()?;
            if name == PERCENT {
                // A valid percentage is kept as sent, as an integer or a float.
                Some(if (0.0..=100.0).contains(&number) {
                    sent.clone()
                } else {
                    json!(number.clamp(0.0, 100.0))
                })
            } else {
                to_integer(number).map(|integer| json!(integer))
            }
        });
        progress.insert(name.to_owned(), value.unwrap_or(Value::Null));
    }
    progress.insert("last_updated".to_owned(), json!(at));
    Value::Object(progress)
}

const PERCENT: &str = "progress_percent";

/// Rounds to an integer from 0 to 2^53 - 1, the largest safe integer of JavaScript.
fn to_integer(number: f64) -> Option<u64> {
    const MAX: f64 = 9_007_199_254_740_991.0;
    let rounded = number.round().max(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an integer between 0 and 2^53 - 1"
    )]
    (rounded <= MAX).then_some(rounded as u64)
}

/// Removes control characters and the query strings of URLs, which may contain a signature. Truncates to 1000 characters.
pub fn clean_message(raw: &str) -> String {
    let words = raw.split_whitespace().map(|word| {
        if word.contains("://") {
            word.split('?').next().unwrap_or_default()
        } else {
            word
        }
    });
    let text = words.collect::<Vec<_>>().join(" ");
    text.chars()
        .filter(|c| !c.is_control())
        .take(MAX_MESSAGE_CHARS)
        .collect()
}

/// Removes NUL characters, which PostgreSQL cannot store.
pub fn clean_json(value: Value) -> Value {
    let clean = |text: String| {
        if text.contains('\0') {
            text.replace('\0', "")
        } else {
            text
        }
    };
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(items) => Value::Array(items.into_iter().map(clean_json).collect()),
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(key, value)| (clean(key), clean_json(value)))
                .collect(),
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn unknown_and_invalid_progress_values_are_removed() {
        let reported =
            json!({"current_step": 3, "total_steps": "many", "progress_percent": 6.0, "password": "x"});
        let names = [
            "current_step",
            "total_steps",
            "progress_percent",
            "estimated_seconds",
        ];
        let progress = sanitize_progress(
            reported.as_object().unwrap(),
            names,
            Timestamp(DateTime::UNIX_EPOCH),
        );
        assert_eq!(progress["current_step"], 3);
        assert_eq!(progress["total_steps"], Value::Null);
        assert_eq!(progress["estimated_seconds"], Value::Null);
        assert!(progress.get("password").is_none() && progress["last_updated"].is_string());
    }

    #[test]
    fn progress_values_are_clamped_and_rounded() {
        let names = ["current_step", "total_steps", PERCENT, "estimated_seconds"];
        let reported =
            json!({"current_step": -1, "total_steps": 1e300, PERCENT: 150, "estimated_seconds": 3.7});
        let progress = sanitize_progress(
            reported.as_object().unwrap(),
            names,
            Timestamp(DateTime::UNIX_EPOCH),
        );
        let values: Vec<&Value> = names.iter().map(|name| &progress[*name]).collect();
        assert_eq!(values, [&json!(0), &Value::Null, &json!(100.0), &json!(4)]);
    }

    #[test]
    fn signatures_and_nul_are_removed_from_messages() {
        let raw = "GET https://s3.example.com/a.png?X-Amz-Signature=abc failed\0\nbadly";
        assert_eq!(
            clean_message(raw),
            "GET https://s3.example.com/a.png failed badly"
        );
        assert_eq!(clean_message(&"x".repeat(5000)).len(), 1000);
    }

    #[test]
    fn nul_is_removed_from_json() {
        assert_eq!(
            clean_json(json!({"a\u{0}": ["b\u{0}c", 1]})),
            json!({"a": ["bc", 1]})
        );
    }
}
