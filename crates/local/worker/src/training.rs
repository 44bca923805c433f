//! A training task: learns the style's palette and writes the model file.

use domain::StyleId;
use domain::object::{UriScheme, model_key};
use domain::workers::Topic;
use serde_json::json;

use crate::painter::PaletteReader;
use crate::platform::{Platform, WorkerError};
use crate::task::{Message, TrainingData};
use crate::worker::{DemoWorker, PARTS, WorkFailure, blocking};

/// Colours of a palette.
const COLOURS: usize = 8;

impl DemoWorker {
    pub(crate) async fn training(&self, task: &Message<TrainingData>) -> Result<(), WorkerError> {
        let platform = Platform::new(self, Topic::ModelTraining, task)?;
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

    /// Returns the model's address and the distance of the palette from the images.
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
            let progress = self.progress(part, "epoch", data.parameters.epochs);
            platform
                .progress(json!({"style_id": data.style_id, "progress": progress}))
                .await;
            for uri in share(&data.images, part) {
                let file = self.read(uri).await?;
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
            Ok((palette.to_model(style_id)?, reader.misfit(&palette)))
        })
        .await?;
        let address = self.options.buckets.private(model_key(StyleId(style_id)));
        self.write(&address, file, "application/octet-stream").await?;
        Ok((address.uri(UriScheme::S3), loss))
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
