//! A training task: learns the style's palette and writes the model file.

use serde_json::json;

use super::painter::{PaletteReader, model_file};
use super::platform::{Platform, Side, WorkerError};
use super::run::{DemoWorker, PARTS, WorkFailure, blocking, progress_body};
use super::task::{Task, TrainingData};

/// Colours kept of a style.
const COLOURS: usize = 8;

impl DemoWorker {
    pub(super) async fn training(&self, task: &Task<TrainingData>) -> Result<(), WorkerError> {
        let platform = self.platform(Side::Training, &task.callback_url, &task.task_id)?;
        let style_id = task.data.style_id;
        match self.train(&platform, &task.data).await {
            Ok((model_path, loss)) => {
                let metric = json!({ "loss": loss, "epochs": task.data.parameters.epochs });
                let body =
                    json!({ "style_id": style_id, "model_path": model_path, "training_metric": metric });
                platform.complete(body).await
            }
            Err(failure) => {
                tracing::warn!(style_id, error = ?failure, "demo training failed");
                let body = json!({
                    "style_id": style_id,
                    "error_message": failure.to_string(),
                    "error_code": "TRAINING_FAILED",
                });
                platform.failed(body).await
            }
        }
    }

    /// Learns the palette; returns the model's address and how far the palette is from the images.
    async fn train(
        &self,
        platform: &Platform<'_>,
        data: &TrainingData,
    ) -> Result<(String, f32), WorkFailure> {
        if data.images.is_empty() {
            return Err(WorkFailure::NoImages);
        }
        let mut reader = PaletteReader::default();
        for part in 0..PARTS {
            let done = self.done(part, data.parameters.epochs);
            platform
                .progress(progress_body("style_id", data.style_id, "epoch", &done))
                .await;
            for uri in share(&data.images, part) {
                let file = self.storage.get(uri).await?;
                reader = blocking(move || {
                    reader.read(&image::load_from_memory(&file)?);
                    Ok(reader)
                })
                .await?;
            }
            tokio::time::sleep(self.options.pace).await;
        }
        let style_id = data.style_id;
        let (file, loss) = blocking(move || {
            let palette = reader.finish(COLOURS);
            Ok((model_file::write(&palette, style_id), reader.misfit(&palette)))
        })
        .await?;
        let bucket = &self.options.private_bucket;
        let uri = format!("s3://{bucket}/models/style-{style_id}/adapter_model.safetensors");
        self.storage
            .put(&uri, file.into(), "application/octet-stream")
            .await?;
        Ok((uri, loss))
    }
}

/// The items that belong to a part (from 0) of the task.
fn share<Item>(items: &[Item], part: u32) -> &[Item] {
    let bound = |part: u32| items.len() * part as usize / PARTS as usize;
    items.get(bound(part)..bound(part + 1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_belongs_to_exactly_one_part() {
        for count in [0_usize, 1, 4, 5, 10, 99] {
            let items: Vec<usize> = (0..count).collect();
            let again: Vec<usize> = (0..PARTS).flat_map(|part| share(&items, part).to_vec()).collect();
            assert_eq!(items, again);
        }
    }
}
