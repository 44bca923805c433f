//! A generation task: paints the picture, signs it and puts it where it is expected.

use bytes::Bytes;
use image::{DynamicImage, RgbaImage};
use serde_json::json;

use super::painter::{Palette, model_file, paint, png_out, signature};
use super::platform::{Platform, Side, StyleCard, WorkerError};
use super::run::{DemoWorker, WorkFailure, blocking, progress_body};
use super::task::{GenerationData, Task};
use crate::painter::png_out::PictureText;

const DEFAULT_STEPS: u32 = 50;

impl DemoWorker {
    pub(super) async fn generation(&self, task: &Task<GenerationData>) -> Result<(), WorkerError> {
        let platform = self.platform(Side::Inference, &task.callback_url, &task.task_id)?;
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

    /// Paints the picture and puts it where it is expected; returns its address.
    async fn generate(&self, platform: &Platform<'_>, data: &GenerationData) -> Result<String, WorkFailure> {
        self.begin(platform, data, 0).await;
        let model = self.storage.get(&data.lora_path).await?;
        let style = model_file::read(&model)?;

        self.begin(platform, data, 1).await;
        let signature = match data.signature_path.as_deref().filter(|path| !path.is_empty()) {
            Some(path) => Some(self.storage.get(path).await?),
            None => None,
        };
        let card = platform.style(data.style_id).await;

        self.begin(platform, data, 2).await;
        let picture = self.paint(data, style).await?;

        self.begin(platform, data, 3).await;
        let file = finish(data, picture, signature, card).await?;

        self.begin(platform, data, 4).await;
        let uri = format!("s3://{}/{}", self.options.public_bucket, data.key());
        let upload = data
            .result_upload_url
            .as_deref()
            .filter(|address| !address.is_empty());
        self.storage
            .put(upload.unwrap_or(&uri), file, "image/png")
            .await?;
        Ok(uri)
    }

    async fn begin(&self, platform: &Platform<'_>, data: &GenerationData, part: u32) {
        let steps = data.parameters.steps.unwrap_or(DEFAULT_STEPS);
        let done = self.done(part, steps);
        platform
            .progress(progress_body("generation_id", data.generation_id, "step", &done))
            .await;
        tokio::time::sleep(self.options.pace).await;
    }

    async fn paint(&self, data: &GenerationData, style: Palette) -> Result<RgbaImage, WorkFailure> {
        let (tags, seed, (width, height)) = (data.tags(), data.seed(), data.size());
        blocking(move || Ok(paint(&style, &tags, seed, width, height))).await
    }
}

async fn finish(
    data: &GenerationData,
    mut picture: RgbaImage,
    signature: Option<Bytes>,
    card: StyleCard,
) -> Result<Bytes, WorkFailure> {
    let config = data.signature_config.clone().unwrap_or_default();
    let text = PictureText {
        artist: card.artist,
        license: card.license,
        style_name: card.name,
        style_id: data.style_id,
        prompt: data.tags().join(", "),
        seed: data.seed(),
    };
    blocking(move || {
        if let Some(file) = signature {
            let ink: DynamicImage = image::load_from_memory(&file)?;
            signature::stamp(&mut picture, &ink, &config);
        }
        Ok(Bytes::from(png_out::encode(&picture, &text)?))
    })
    .await
}
