//! The messages of both tasks. Unknown fields are ignored for forward compatibility.

use domain::GenerationId;
use domain::object::legacy_result_key;
use serde::Deserialize;

use crate::painter::SignatureConfig;

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Message<Data> {
    pub(crate) task_id: String,
    pub(crate) data: Data,
    /// The `complete` webhook of the task.
    pub(crate) callback_url: String,
    /// Starts at 1.
    #[serde(default = "first_attempt")]
    pub(crate) attempt: u32,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct TrainingData {
    pub(crate) style_id: i64,
    pub(crate) images: Vec<String>,
    #[serde(default)]
    pub(crate) parameters: TrainingParameters,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct TrainingParameters {
    pub(crate) epochs: u32,
}

impl Default for TrainingParameters {
    fn default() -> Self {
        Self { epochs: 200 }
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct GenerationData {
    pub(crate) generation_id: i64,
    pub(crate) style_id: i64,
    #[serde(default)]
    pub(crate) prompt: String,
    #[serde(default)]
    pub(crate) prompt_tags: Vec<String>,
    /// Storage URI of the model file of the style.
    pub(crate) lora_path: String,
    /// Key in the public bucket. Older servers do not send it.
    #[serde(default)]
    pub(crate) result_key: Option<String>,
    /// Presigned URL. Without it, the worker writes the result to the public bucket with its own credentials.
    #[serde(default)]
    pub(crate) result_upload_url: Option<String>,
    /// `1:1`, `2:2` or `1:2`. Used if the parameters have no size.
    #[serde(default)]
    pub(crate) aspect_ratio: String,
    #[serde(default)]
    pub(crate) seed: Option<u64>,
    /// Storage URI of the artist's signature. Empty for none.
    #[serde(default)]
    pub(crate) signature_path: Option<String>,
    #[serde(default)]
    pub(crate) signature_config: Option<SignatureConfig>,
    #[serde(default)]
    pub(crate) parameters: GenerationParameters,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct GenerationParameters {
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
    pub(crate) steps: Option<u32>,
    /// Only used in the metadata of the result.
    pub(crate) cfg_scale: Option<f64>,
    /// Used if the task itself has no seed.
    pub(crate) seed: Option<u64>,
}

impl GenerationData {
    /// Width and height in pixels.
    pub(crate) fn size(&self) -> (u32, u32) {
        let (width, height) = match self.aspect_ratio.as_str() {
            "2:2" => (1024, 1024),
            "1:2" => (512, 1024),
            _ => (512, 512),
        };
        (
            self.parameters.width.unwrap_or(width),
            self.parameters.height.unwrap_or(height),
        )
    }

    /// 0 if absent.
    pub(crate) fn seed(&self) -> u64 {
        self.seed.or(self.parameters.seed).unwrap_or_default()
    }

    /// The tags of the prompt. If there are none, the prompt text is split.
    pub(crate) fn tags(&self) -> Vec<String> {
        if self.prompt_tags.is_empty() {
            let parts = self.prompt.split(',').map(str::trim);
            return parts.filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        }
        self.prompt_tags.clone()
    }

    /// Key of the result in the public bucket.
    pub(crate) fn result_key(&self) -> String {
        let sent = self.result_key.clone().filter(|key| !key.is_empty());
        sent.unwrap_or_else(|| legacy_result_key(GenerationId(self.generation_id)))
    }
}

fn first_attempt() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAINING: &str = r#"{"task_id":"5f0c","type":"model_training","data":{"style_id":1,
        "images":["s3://bucket/key"],"tags":["oil"],"image_tags":{"0":["sea"]},
        "parameters":{"epochs":200,"learning_rate":0.0001,"batch_size":1}},
        "callback_url":"http://localhost:8000/api/webhooks/training/complete",
        "webhook_url":"http://localhost:8000/api/webhooks/training/complete","attempt":1,
        "created_at":"2030-01-01T00:00:00Z"}"#;
    const GENERATION: &str = r#"{"task_id":"5f0c","type":"image_generation","data":{
        "generation_id":1,"style_id":2,
        "prompt":"a, b","prompt_tags":["a","b"],"negative_prompt":"blur","lora_path":"s3://p/m",
        "num_inference_steps":50,"result_key":"generations/0a.png",
        "result_upload_url":"http://localhost:9000/m/generations/0a.png?X=1",
        "aspect_ratio":"1:1","seed":42,"signature_path":"",
        "signature_config":{"position":"bottom-right","size":"medium","opacity":0.7},
        "parameters":{"width":512,"height":1024,"steps":50,"cfg_scale":7.5,"seed":42}},
        "callback_url":"http://localhost:8000/api/webhooks/inference/complete",
        "attempt":2,"future_field":{}}"#;

    #[test]
    fn a_training_task_is_parsed() {
        let task: Message<TrainingData> = serde_json::from_str(TRAINING).unwrap();
        assert_eq!((task.data.style_id, task.attempt), (1, 1));
        assert_eq!(task.data.images, ["s3://bucket/key"]);
        assert_eq!(task.data.parameters.epochs, 200);
    }

    #[test]
    fn a_generation_task_is_parsed() {
        let task: Message<GenerationData> = serde_json::from_str(GENERATION).unwrap();
        assert_eq!(
            (task.data.generation_id, task.data.style_id, task.attempt),
            (1, 2, 2)
        );
        assert_eq!((task.data.size(), task.data.seed()), ((512, 1024), 42));
        assert_eq!(task.data.result_key(), "generations/0a.png");
        assert_eq!(task.data.signature_config, Some(SignatureConfig::default()));
        assert_eq!(task.data.parameters.cfg_scale, Some(7.5));
    }

    #[test]
    fn fields_that_older_servers_do_not_send_have_defaults() {
        let data: GenerationData = serde_json::from_str(
            r#"{"generation_id":9,"style_id":2,"prompt":"a, , b",
                "lora_path":"s3://p/m","aspect_ratio":"1:2"}"#,
        )
        .unwrap();
        assert_eq!(data.tags(), ["a", "b"]);
        assert_eq!(data.size(), (512, 1024));
        assert_eq!(data.result_key(), "generations/gen-9.png");
        assert_eq!(data.seed(), 0);
    }
}
