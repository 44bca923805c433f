//! Reports of workers. Workers do not retry, so the parser is lenient: strings are sanitized instead of rejected, and only
//! ids and storage URIs must be valid.

use domain::{FieldError, GenerationId, StyleId, TaskId, workers::FailureCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    edge::fields::{Field, FieldValue, Fields, Property, Raw, nullable},
    request,
    workers::sanitize::{clean_json, clean_message},
};

request! {
    /// Progress of a training.
    pub struct TrainingProgressReport {
        /// Id of the style.
        style_id: StyleId = 7,
        /// Progress values; null if unknown.
        progress: Option<TrainingProgressValues>
            = json!({"current_epoch": 40, "total_epochs": 200, "progress_percent": 20.0, "estimated_seconds": 600}),
        task_id: ReportedTaskId,
    }
}

request! {
    /// Result of a training.
    pub struct TrainingCompleteReport {
        /// Id of the style.
        style_id: StyleId = 7,
        /// `s3://` or `gs://` URI of the model in a bucket of the platform.
        model_path: String = "s3://media-private/models/style-7/adapter_model.safetensors",
        /// Metrics of the training.
        training_metric: Option<WorkerJson> = json!({"loss": 0.05, "epochs": 200}),
        task_id: ReportedTaskId,
    }
}

request! {
    /// Failure of a training.
    pub struct TrainingFailedReport {
        /// Id of the style.
        style_id: StyleId = 7,
        /// Error message for users.
        error_message: Message = "CUDA out of memory",
        /// Error code.
        error_code: Message = "GPU_OOM",
        task_id: ReportedTaskId,
    }
}

request! {
    /// Progress of a generation.
    pub struct InferenceProgressReport {
        /// Id of the generation.
        generation_id: GenerationId = 31,
        /// Progress values; null if unknown.
        progress: Option<InferenceProgressValues>
            = json!({"current_step": 10, "total_steps": 50, "progress_percent": 20.0, "estimated_seconds": 8}),
        task_id: ReportedTaskId,
    }
}

request! {
    /// Result of a generation.
    pub struct InferenceCompleteReport {
        /// Id of the generation.
        generation_id: GenerationId = 31,
        /// `s3://`, `gs://` or `https://` URI of the image in a bucket of the platform.
        result_url: String = "s3://media/generations/0f8fad5bd9cb469fa16570867728950e.png",
        /// Metadata of the image, for example `seed`, `steps` and `guidance_scale`.
        metadata: Option<WorkerJson> = json!({"seed": 42, "steps": 50, "guidance_scale": 7.5}),
        task_id: ReportedTaskId,
    }
}

request! {
    /// Failure of a generation.
    pub struct InferenceFailedReport {
        /// Id of the generation.
        generation_id: GenerationId = 31,
        /// Error message for users.
        error_message: Message = "CUDA out of memory",
        /// Error code. `INFERENCE_ERROR`: the worker itself retries.
        error_code: Message = "GPU_OOM",
        task_id: ReportedTaskId,
    }
}

/// The task id of the reporting attempt. An invalid id counts as absent: most workers send none, and a rejected report
/// would be lost.
#[derive(Debug)]
pub struct ReportedTaskId(pub Option<TaskId>);

impl Field for ReportedTaskId {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        let text = fields.take(name).and_then(|raw| raw.text().ok());
        let task = text.and_then(|text| Uuid::parse_str(text.trim()).ok());
        Some(Self(task.map(TaskId)))
    }

    fn describe(name: &'static str, _: &str, example: Option<Value>) -> Vec<Property> {
        let schema = nullable(json!({ "type": "string", "format": "uuid" }));
        Property::of::<String>(name, false, schema, "Id of the task that is reported.", example)
    }
}

/// A sanitized string; empty if absent.
#[derive(Debug)]
pub struct Message(pub String);

impl Message {
    pub fn failure(&self, unknown: &'static str) -> FailureCode {
        FailureCode::parse_or(&self.0, unknown)
    }
}

impl Field for Message {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        let value = fields.take(name).map(Raw::into_value);
        let text = value.as_ref().and_then(Value::as_str);
        Some(Self(text.map(clean_message).unwrap_or_default()))
    }

    fn describe(name: &'static str, about: &str, example: Option<Value>) -> Vec<Property> {
        <Option<String> as Field>::describe(name, about, example)
    }
}

/// Any JSON value, without NUL characters.
#[derive(Debug)]
pub struct WorkerJson(pub Value);

impl FieldValue for WorkerJson {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        Ok(Self(clean_json(raw.into_value())))
    }

    fn schema() -> Value {
        json!({ "type": "object" })
    }
}

macro_rules! progress_values {
    ($($name:ident: $($value:literal)+;)+) => {$(
        #[derive(Debug, Default)]
        pub struct $name(pub Map<String, Value>);

        impl $name {
            pub const NAMES: [&str; 4] = [$($value),+];
        }

        impl FieldValue for $name {
            fn read(raw: Raw) -> Result<Self, FieldError> {
                raw.object().map(Self)
            }

            fn schema() -> Value {
                json!({ "type": "object", "properties": { $($value: { "type": ["number", "null"] }),+ } })
            }
        }
    )+};
}

progress_values! {
    TrainingProgressValues: "current_epoch" "total_epochs" "progress_percent" "estimated_seconds";
    InferenceProgressValues: "current_step" "total_steps" "progress_percent" "estimated_seconds";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(task_id: &Value) -> Option<TaskId> {
        let body = json!({ "task_id": task_id });
        let mut fields = Fields::parse(body.to_string().as_bytes()).unwrap();
        ReportedTaskId::read(&mut fields, "task_id").unwrap().0
    }

    #[test]
    fn an_invalid_task_id_counts_as_absent() {
        let known = Uuid::from_u128(7);
        assert_eq!(read(&json!(format!(" {known} "))), Some(TaskId(known)));
        for invalid in [json!(""), json!("task-7"), json!(7), json!(null), json!([known])] {
            assert_eq!(read(&invalid), None, "{invalid}");
        }
    }
}
