//! Cleaning of what workers send. Workers never retry, so their values are cleaned and not rejected.

use serde_json::{Map, Value, json};

use crate::edge::envelope::Timestamp;

/// Longest error message, in characters.
const MAX_MESSAGE: usize = 1000;

/// The figures of a progress report and its time: whole numbers from 0, a percentage from 0 to 100. Anything else is null.
pub fn progress(reported: &Map<String, Value>, names: [&str; 4], at: Timestamp) -> Value {
    let mut shown = Map::new();
    for name in names {
        let figure = reported.get(name).and_then(|sent| {
            let figure = sent.as_f64()?;
            if name == PERCENT {
                // Kept as it was sent, with or without a fraction.
                let is_one = (0.0..=100.0).contains(&figure);
                Some(if is_one {
                    sent.clone()
                } else {
                    json!(figure.clamp(0.0, 100.0))
                })
            } else {
                whole(figure).map(|figure| json!(figure))
            }
        });
        shown.insert(name.to_owned(), figure.unwrap_or(Value::Null));
    }
    shown.insert("last_updated".to_owned(), json!(at));
    Value::Object(shown)
}

const PERCENT: &str = "progress_percent";

/// The nearest whole number from 0 to 2^53 - 1, the largest that every client holds exactly.
fn whole(figure: f64) -> Option<u64> {
    const MOST: f64 = 9_007_199_254_740_991.0;
    let rounded = figure.round().max(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 2^53 - 1, without a fraction"
    )]
    (rounded <= MOST).then_some(rounded as u64)
}

/// A worker's message without control characters and without query strings of URLs, which may hold a signature; at most
/// 1000 characters.
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
        .take(MAX_MESSAGE)
        .collect()
}

/// A worker's JSON without NUL characters, which the database cannot store.
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
    fn progress_keeps_its_figures_and_nothing_else() {
        let reported =
            json!({"current_step": 3, "total_steps": "many", "progress_percent": 6.0, "password": "x"});
        let names = [
            "current_step",
            "total_steps",
            "progress_percent",
            "estimated_seconds",
        ];
        let shown = progress(
            reported.as_object().unwrap(),
            names,
            Timestamp(DateTime::UNIX_EPOCH),
        );
        assert_eq!(shown["current_step"], 3);
        assert_eq!(shown["total_steps"], Value::Null);
        assert_eq!(shown["estimated_seconds"], Value::Null);
        assert!(shown.get("password").is_none() && shown["last_updated"].is_string());
    }

    #[test]
    fn figures_are_what_the_document_says() {
        let names = ["current_step", "total_steps", PERCENT, "estimated_seconds"];
        let reported =
            json!({"current_step": -1, "total_steps": 1e300, PERCENT: 150, "estimated_seconds": 3.7});
        let shown = progress(
            reported.as_object().unwrap(),
            names,
            Timestamp(DateTime::UNIX_EPOCH),
        );
        let shown: Vec<&Value> = names.iter().map(|name| &shown[*name]).collect();
        assert_eq!(shown, [&json!(0), &Value::Null, &json!(100.0), &json!(4)]);
    }

    #[test]
    fn a_message_keeps_no_signature_and_no_nul() {
        let raw = "GET https://s3.example.com/a.png?X-Amz-Signature=abc failed\0\nbadly";
        assert_eq!(
            clean_message(raw),
            "GET https://s3.example.com/a.png failed badly"
        );
        assert_eq!(clean_message(&"x".repeat(5000)).len(), 1000);
    }

    #[test]
    fn json_loses_its_nul_characters() {
        assert_eq!(
            clean_json(json!({"a\u{0}": ["b\u{0}c", 1]})),
            json!({"a": ["bc", 1]})
        );
    }
}
