//! What workers report. Real workers call once and never again, so whatever can be understood is taken: texts are
//! cleaned rather than refused, and only what decides the outcome (ids, addresses) must be right.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::envelope::Timestamp;

/// Most characters kept of a worker's error message.
const MAX_MESSAGE: usize = 1000;

/// What became of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportDto {
    /// Whether anything changed; false for duplicates, late and out-of-order calls.
    pub applied: bool,
    /// State now.
    #[schema(example = "completed")]
    pub status: &'static str,
}

/// Body of `training/progress`.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct TrainingProgressReport {
    /// The style.
    #[schema(example = 7)]
    pub style_id: i64,
    /// `current_epoch`, `total_epochs`, `progress_percent`, `estimated_seconds`.
    #[schema(value_type = Object, example = json!({"current_epoch": 40, "total_epochs": 200, "progress_percent": 20.0, "estimated_seconds": 600}))]
    pub progress: Value,
    /// The attempt that reports.
    pub task_id: Option<uuid::Uuid>,
}

/// Body of `training/complete`.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct TrainingCompleteReport {
    /// The style.
    #[schema(example = 7)]
    pub style_id: i64,
    /// `s3://` or `gs://` address of the model, inside one of our buckets.
    #[schema(example = "s3://media-private/models/style-7/adapter_model.safetensors")]
    pub model_path: String,
    /// What was measured.
    #[schema(value_type = Option<Object>, example = json!({"loss": 0.05, "epochs": 200}))]
    pub training_metric: Option<Value>,
    /// The attempt that reports.
    pub task_id: Option<uuid::Uuid>,
}

/// Body of `training/failed`.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct TrainingFailedReport {
    /// The style.
    #[schema(example = 7)]
    pub style_id: i64,
    /// Why, for people.
    #[schema(example = "CUDA out of memory")]
    pub error_message: String,
    /// Why, for machines.
    #[schema(example = "GPU_OOM")]
    pub error_code: String,
    /// The attempt that reports.
    pub task_id: Option<uuid::Uuid>,
}

/// Body of `inference/progress`.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct InferenceProgressReport {
    /// The request.
    #[schema(example = 31)]
    pub generation_id: i64,
    /// `current_step`, `total_steps`, `progress_percent`, `estimated_seconds`.
    #[schema(value_type = Object, example = json!({"current_step": 10, "total_steps": 50, "progress_percent": 20.0, "estimated_seconds": 8}))]
    pub progress: Value,
    /// The attempt that reports.
    pub task_id: Option<uuid::Uuid>,
}

/// Body of `inference/complete`.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct InferenceCompleteReport {
    /// The request.
    #[schema(example = 31)]
    pub generation_id: i64,
    /// `s3://`, `gs://` or https address of the image, inside one of our buckets.
    #[schema(example = "s3://media/generations/0f8fad5bd9cb469fa16570867728950e.png")]
    pub result_url: String,
    /// `seed`, `steps`, `guidance_scale` and more.
    #[schema(value_type = Option<Object>, example = json!({"seed": 42, "steps": 50, "guidance_scale": 7.5}))]
    pub metadata: Option<Value>,
    /// The attempt that reports.
    pub task_id: Option<uuid::Uuid>,
}

/// Body of `inference/failed`.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the body in the OpenAPI pages")]
pub struct InferenceFailedReport {
    /// The request.
    #[schema(example = 31)]
    pub generation_id: i64,
    /// Why, for people.
    #[schema(example = "CUDA out of memory")]
    pub error_message: String,
    /// Why, for machines. `INFERENCE_ERROR`: the worker itself tries again.
    #[schema(example = "GPU_OOM")]
    pub error_code: String,
    /// How often the worker itself has tried; not used.
    pub retry_count: Option<i64>,
    /// The attempt that reports.
    pub task_id: Option<uuid::Uuid>,
}

/// The figures of a progress report that are shown, and when it came: whole numbers from 0, a percentage from 0 to 100. What
/// is no such number shows as null; a report is not refused for it.
pub fn progress(reported: &Map<String, Value>, names: [&str; 4], at: Timestamp) -> Value {
    let mut shown = Map::new();
    for name in names {
        let figure = reported.get(name).and_then(|sent| {
            let figure = sent.as_f64()?;
            if name == PERCENT {
                // As it was sent, with or without a fraction, where that is a percentage.
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

/// The figure that is a percentage.
const PERCENT: &str = "progress_percent";

/// The nearest whole number, from 0 to what every client can hold exactly.
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

/// A worker's message as it is kept and shown: without control characters and without the query strings of addresses,
/// which may hold a signature; at most 1000 characters.
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

/// A worker's JSON without NUL characters, which the database cannot keep.
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
