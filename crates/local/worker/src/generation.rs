//! Generation tasks: paints the image, stamps the signature and uploads the result.

use domain::object::UriScheme;
use domain::workers::Topic;
use serde_json::json;

use crate::painter::{PaintJob, Palette, Signature, paint};
use crate::platform::{Platform, WorkerError};
use crate::task::{GenerationData, Message};
use crate::worker::{DemoWorker, TaskFailure, run_blocking};

const DEFAULT_STEPS: u32 = 50;

impl DemoWorker {
    pub(crate) async fn run_generation(&self, task: &Message<GenerationData>) -> Result<(), WorkerError> {
        let platform = Platform::new(self, Topic::ImageGeneration, task)?;
        let data = &task.data;
        let generation_id = data.generation_id;
        match self.generate(&platform, data).await {
            Ok(result_url) => {
                let metadata = json!({
                    "seed": data.seed(),
                    "steps": data.parameters.steps.unwrap_or(DEFAULT_STEPS),
                    "guidance_scale": data.parameters.cfg_scale,
                    "worker": "demo: a procedural picture, no model",
                });
                let body =
                    json!({ "generation_id": generation_id, "result_url": result_url, "metadata": metadata });
                platform.complete(body).await
            }
            Err(failure) => {
                tracing::warn!(generation_id, error = ?failure, "demo generation failed");
                let body = json!({
                    "generation_id": generation_id,
                    "error_message": failure.to_string(),
                    "error_code": "GENERATION_ERROR",
                    "retry_count": task.attempt.saturating_sub(1),
                });
                platform.failed(body).await
            }
        }
    }

    /// Returns the URI of the image.
    async fn generate(&self, platform: &Platform<'_>, data: &GenerationData) -> Result<String, TaskFailure> {
        self.report(platform, data, 0).await;
        let palette = Palette::from_model(&self.read(&data.lora_path).await?)?;

        self.report(platform, data, 1).await;
        let signature = match data.signature_path.as_deref().filter(|path| !path.is_empty()) {
            Some(path) => Some(Signature {
                image: self.read(path).await?.into(),
                config: data.signature_config.clone().unwrap_or_default(),
            }),
            None => None,
        };
        let (width, height) = data.size();
        let job = PaintJob {
            tags: data.tags(),
            seed: data.seed(),
            width,
            height,
            signature,
            style_id: data.style_id,
            style: platform.style_info(data.style_id).await,
        };

        self.report(platform, data, 2).await;
        let png = run_blocking(move || Ok(paint(&palette, &job)?)).await?;

        self.report(platform, data, 3).await;
        let address = self.options.buckets.public(data.result_key());

        self.report(platform, data, 4).await;
        match data.result_upload_url.as_deref().filter(|url| !url.is_empty()) {
            Some(presigned_url) => self.upload(presigned_url, png).await?,
            None => self.write(&address, png, "image/png").await?,
        }
        Ok(address.uri(UriScheme::S3))
    }

    async fn report(&self, platform: &Platform<'_>, data: &GenerationData, stage: u32) {
        let steps = data.parameters.steps.unwrap_or(DEFAULT_STEPS);
        let progress = self.progress(stage, "step", steps);
        platform
            .progress(json!({"generation_id": data.generation_id, "progress": progress}))
            .await;
        tokio::time::sleep(self.options.stage_delay).await;
    }
}
