//! What workers report. They call once and never again, so whatever can be understood is taken: texts are cleaned and not
//! refused, and only what decides the outcome (ids, addresses) must be right.

use domain::{FieldError, GenerationId, StyleId, TaskId, workers::FailureCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    edge::fields::{Field, FieldValue, Fields, Property, Raw, nullable},
    request,
    workers::figures::{clean_json, clean_message},
};

request! {
    /// A training goes on.
    pub struct TrainingProgressReport {
        /// The style.
        style_id: StyleId = 7,
        /// How far it is.
        progress: Option<TrainingFigures>
            = json!({"current_epoch": 40, "total_epochs": 200, "progress_percent": 20.0, "estimated_seconds": 600}),
        task_id: TaskName,
    }
}

request! {
    /// A style is trained.
    pub struct TrainingCompleteReport {
        /// The style.
        style_id: StyleId = 7,
        /// `s3://` or `gs://` address of the model, inside one of our buckets.
        model_path: String = "s3://media-private/models/style-7/adapter_model.safetensors",
        /// What was measured.
        training_metric: Option<Measured> = json!({"loss": 0.05, "epochs": 200}),
        task_id: TaskName,
    }
}

request! {
    /// A training failed.
    pub struct TrainingFailedReport {
        /// The style.
        style_id: StyleId = 7,
        /// Why, for people.
        error_message: Message = "CUDA out of memory",
        /// Why, for machines.
        error_code: Message = "GPU_OOM",
        task_id: TaskName,
    }
}

request! {
    /// An image is being made.
    pub struct InferenceProgressReport {
        /// The generation.
        generation_id: GenerationId = 31,
        /// How far it is.
        progress: Option<InferenceFigures>
            = json!({"current_step": 10, "total_steps": 50, "progress_percent": 20.0, "estimated_seconds": 8}),
        task_id: TaskName,
    }
}

request! {
    /// An image is made.
    pub struct InferenceCompleteReport {
        /// The generation.
        generation_id: GenerationId = 31,
        /// `s3://`, `gs://` or https address of the image, inside one of our buckets.
        result_url: String = "s3://media/generations/0f8fad5bd9cb469fa16570867728950e.png",
        /// `seed`, `steps`, `guidance_scale` and more.
        metadata: Option<Measured> = json!({"seed": 42, "steps": 50, "guidance_scale": 7.5}),
        task_id: TaskName,
    }
}

request! {
    /// An image could not be made.
    pub struct InferenceFailedReport {
        /// The generation.
        generation_id: GenerationId = 31,
        /// Why, for people.
        error_message: Message = "CUDA out of memory",
        /// Why, for machines. `INFERENCE_ERROR`: the worker itself tries again.
        error_code: Message = "GPU_OOM",
        task_id: TaskName,
    }
}

/// The attempt that reports, when it says so. What cannot be read counts as absent: most workers send none, and refusing
/// the call would lose it.
#[derive(Debug)]
pub struct TaskName(pub Option<TaskId>);

impl Field for TaskName {
    fn read(fields: &mut Fields, name: &'static str) -> Option<Self> {
        let text = fields.take(name).and_then(|raw| raw.text().ok());
        let task = text.and_then(|text| Uuid::parse_str(text.trim()).ok());
        Some(Self(task.map(TaskId)))
    }

    fn describe(name: &'static str, _: &str, example: Option<Value>) -> Vec<Property> {
        let schema = nullable(json!({ "type": "string", "format": "uuid" }));
        Property::of::<String>(name, false, schema, "The attempt that reports.", example)
    }
}

/// A text of the worker's, cleaned; empty when it sends none.
#[derive(Debug)]
pub struct Message(pub String);

impl Message {
    /// The failure that an `error_code` names.
    pub fn failure(&self, unknown: &'static str) -> FailureCode {
        FailureCode::read(&self.0, unknown)
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

/// What a worker measured: any JSON, kept without NUL characters.
#[derive(Debug)]
pub struct Measured(pub Value);

impl FieldValue for Measured {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        Ok(Self(clean_json(raw.into_value())))
    }

    fn schema() -> Value {
        json!({ "type": "object" })
    }
}

macro_rules! figures {
    ($($name:ident: $($figure:literal)+;)+) => {$(
        /// The figures of a progress report.
        #[derive(Debug, Default)]
        pub struct $name(pub Map<String, Value>);

        impl $name {
            pub const NAMES: [&str; 4] = [$($figure),+];
        }

        impl FieldValue for $name {
            fn read(raw: Raw) -> Result<Self, FieldError> {
                raw.object().map(Self)
            }

            fn schema() -> Value {
                json!({ "type": "object", "properties": { $($figure: { "type": ["number", "null"] }),+ } })
            }
        }
    )+};
}

figures! {
    TrainingFigures: "current_epoch" "total_epochs" "progress_percent" "estimated_seconds";
    InferenceFigures: "current_step" "total_steps" "progress_percent" "estimated_seconds";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(task_id: &Value) -> Option<TaskId> {
        let body = json!({ "task_id": task_id });
        let mut fields = Fields::parse(body.to_string().as_bytes()).unwrap();
        TaskName::read(&mut fields, "task_id").unwrap().0
    }

    #[test]
    fn an_unreadable_task_id_counts_as_absent() {
        let known = Uuid::from_u128(7);
        assert_eq!(read(&json!(format!(" {known} "))), Some(TaskId(known)));
        for unreadable in [json!(""), json!("task-7"), json!(7), json!(null), json!([known])] {
            assert_eq!(read(&unreadable), None, "{unreadable}");
        }
    }
}
