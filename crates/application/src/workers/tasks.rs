//! Messages to workers. Their fields are fixed by the existing workers.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    ObjectAddress, StyleId, TaskId, generations::GenerationRequest, object::Buckets, workers::Topic,
};
use serde::Serialize;
use serde_json::{Value, json};

const NEGATIVE_PROMPT: &str = "low quality, blurry, distorted, deformed, watermark, text";

const INFERENCE_STEPS: u32 = 50;

/// Lifetime of the presigned URL in an image task. The maximum of S3 signatures, because a message may wait in the
/// queue for a day, or longer while an operator pauses the workers.
pub const PRESIGNED_PUT_LIFETIME: Duration = Duration::from_hours(7 * 24);

/// Content of an image task.
#[derive(Debug, Clone, Copy)]
pub struct ImageTask<'a> {
    pub request: &'a GenerationRequest,
    /// Key for the image, public bucket.
    pub result_key: &'a str,
    pub model: &'a ObjectAddress,
    pub signature: Option<&'a ObjectAddress>,
}

/// Content of a training task.
#[derive(Debug, Clone, Copy)]
pub struct TrainingTask<'a> {
    pub style: StyleId,
    /// Images in upload order, with their tags.
    pub images: &'a [(ObjectAddress, Vec<String>)],
    pub tags: &'a [String],
}

/// The attempt that a task is for.
#[derive(Debug, Clone, Copy)]
pub struct TaskStamp {
    /// `message_id` on the wire.
    pub task_id: TaskId,
    /// From 1.
    pub attempt: u16,
    pub now: DateTime<Utc>,
}

/// Builds task messages.
#[derive(Debug, Clone)]
pub struct TaskWriter {
    buckets: Buckets,
    api_base_url: String,
}

#[derive(Serialize)]
struct Message {
    task_id: TaskId,
    #[serde(rename = "type")]
    kind: &'static str,
    data: Value,
    callback_url: String,
    webhook_url: String,
    attempt: u16,
    created_at: String,
}

impl TaskWriter {
    /// `api_base_url` is the base URL of the webhooks for workers, without a trailing slash.
    pub fn new(buckets: Buckets, api_base_url: impl Into<String>) -> Self {
        Self {
            buckets,
            api_base_url: api_base_url.into(),
        }
    }

    /// An `image_generation` message. The relay adds `result_upload_url` when it sends the message.
    pub fn image(&self, task: ImageTask<'_>, stamp: TaskStamp) -> Vec<u8> {
        let request = task.request;
        let (width, height) = request.aspect.pixels();
        let seed = request.seed.get();
        let tags = request.prompt.names();
        let data = json!({
            "generation_id": request.id,
            "style_id": request.style_id,
            "prompt": tags.join(", "),
            "prompt_tags": tags,
            "negative_prompt": NEGATIVE_PROMPT,
            "lora_path": task.model.uri(self.buckets.scheme),
            "num_inference_steps": INFERENCE_STEPS,
            "result_key": task.result_key,
            "aspect_ratio": request.aspect.as_str(),
            "seed": seed,
            "signature_path": task.signature.map(|s| s.uri(self.buckets.scheme)).unwrap_or_default(),
            "signature_config": {"position": "bottom-right", "size": "medium", "opacity": 0.7},
            "parameters": {"width": width, "height": height, "steps": INFERENCE_STEPS, "cfg_scale": 7.5, "seed": seed},
        });
        self.message(Topic::ImageGeneration, data, "inference", stamp)
    }

    /// A `model_training` message.
    pub fn training(&self, task: TrainingTask<'_>, stamp: TaskStamp) -> Vec<u8> {
        let images: Vec<String> = task
            .images
            .iter()
            .map(|(object, _)| object.uri(self.buckets.scheme))
            .collect();
        let image_tags: BTreeMap<String, &[String]> = task
            .images
            .iter()
            .enumerate()
            .map(|(index, (_, tags))| (index.to_string(), tags.as_slice()))
            .collect();
        let data = json!({
            "style_id": task.style,
            "images": images,
            "tags": task.tags,
            "image_tags": image_tags,
            "parameters": {"epochs": 200, "learning_rate": 0.0001, "batch_size": 1},
        });
        self.message(Topic::ModelTraining, data, "training", stamp)
    }

    fn message(&self, topic: Topic, data: Value, webhook: &str, stamp: TaskStamp) -> Vec<u8> {
        let callback_url = format!("{}/api/webhooks/{webhook}/complete", self.api_base_url);
        let message = Message {
            task_id: stamp.task_id,
            kind: topic.as_str(),
            data,
            webhook_url: callback_url.clone(),
            callback_url,
            attempt: stamp.attempt,
            created_at: stamp.now.to_rfc3339_opts(SecondsFormat::Micros, true),
        };
        // Serialization cannot fail: map keys are strings.
        serde_json::to_vec(&message).unwrap_or_default()
    }
}

/// Adds `url` to an image task as `data.result_upload_url`. `None` when the payload is not a task.
pub fn with_upload_url(payload: &[u8], url: &str) -> Option<Vec<u8>> {
    let mut task: Value = serde_json::from_slice(payload).ok()?;
    task.get_mut("data")?
        .as_object_mut()?
        .insert("result_upload_url".to_owned(), json!(url));
    serde_json::to_vec(&task).ok()
}

/// The `data.result_key` of an image task.
pub fn result_key(payload: &[u8]) -> Option<String> {
    let task: Value = serde_json::from_slice(payload).ok()?;
    task.get("data")?.get("result_key")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use domain::{
        GenerationId, Tokens, UserId,
        generations::{AspectRatio, GenerationStatus, PromptTags, Seed},
        object::UriScheme,
    };
    use uuid::Uuid;

    use super::*;

    fn writer() -> TaskWriter {
        let buckets = Buckets {
            public: "media".into(),
            private: "media-private".into(),
            public_base_url: "http://localhost/media".into(),
            endpoint: None,
            scheme: UriScheme::Gs,
        };
        TaskWriter::new(buckets, "http://localhost:8000")
    }

    fn stamp() -> TaskStamp {
        TaskStamp {
            task_id: TaskId(Uuid::nil()),
            attempt: 2,
            now: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_image_task_has_exactly_the_expected_fields() {
        let model = ObjectAddress::new("media-private", "models/style-3/adapter_model.safetensors");
        let request = GenerationRequest {
            id: GenerationId(5),
            user_id: UserId(1),
            style_id: StyleId(3),
            artist_id: UserId(2),
            status: GenerationStatus::Queued,
            price: Tokens::new(30).unwrap(),
            prompt: PromptTags::from_stored(vec!["a".to_owned(), "b".to_owned()]),
            caption: None,
            aspect: AspectRatio::Portrait,
            seed: Seed::new(42).unwrap(),
            created_at: DateTime::UNIX_EPOCH,
        };
        let task = ImageTask {
            request: &request,
            result_key: "generations/k.png",
            model: &model,
            signature: None,
        };
        let bytes = with_upload_url(&writer().image(task, stamp()), "http://put").unwrap();
        let read: Value = serde_json::from_slice(&bytes).unwrap();
        let expected = json!({
            "task_id": "00000000-0000-0000-0000-000000000000", "type": "image_generation",
            "data": {
                "generation_id": 5, "style_id": 3, "prompt": "a, b", "prompt_tags": ["a", "b"],
                "negative_prompt": NEGATIVE_PROMPT,
                "lora_path": "gs://media-private/models/style-3/adapter_model.safetensors",
                "num_inference_steps": 50, "result_key": "generations/k.png", "result_upload_url": "http://put",
                "aspect_ratio": "1:2", "seed": 42, "signature_path": "",
                "signature_config": {"position": "bottom-right", "size": "medium", "opacity": 0.7},
                "parameters": {"width": 512, "height": 1024, "steps": 50, "cfg_scale": 7.5, "seed": 42},
            },
            "callback_url": "http://localhost:8000/api/webhooks/inference/complete",
            "webhook_url": "http://localhost:8000/api/webhooks/inference/complete",
            "attempt": 2, "created_at": "1970-01-01T00:00:00.000000Z",
        });
        assert_eq!(read, expected);
        assert_eq!(result_key(&bytes).as_deref(), Some("generations/k.png"));
    }

    #[test]
    fn a_training_task_lists_images_and_their_tags_by_index() {
        let images = [
            (
                ObjectAddress::new("media-private", "train-0.png"),
                vec!["sea".to_owned()],
            ),
            (ObjectAddress::new("media-private", "train-1.png"), vec![]),
        ];
        let task = TrainingTask {
            style: StyleId(3),
            images: &images,
            tags: &["sea".to_owned()],
        };
        let read: Value = serde_json::from_slice(&writer().training(task, stamp())).unwrap();
        assert_eq!(
            read["data"]["images"],
            json!(["gs://media-private/train-0.png", "gs://media-private/train-1.png"])
        );
        assert_eq!(read["data"]["image_tags"], json!({"0": ["sea"], "1": []}));
        assert_eq!(
            read["data"]["parameters"],
            json!({"epochs": 200, "learning_rate": 0.0001, "batch_size": 1})
        );
        assert_eq!(
            read["callback_url"],
            "http://localhost:8000/api/webhooks/training/complete"
        );
    }
}
