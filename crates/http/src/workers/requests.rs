//! What workers report.

use serde_json::Value;
use utoipa::ToSchema;

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
