//! Training tasks: extracts the palette of the style and writes the model file.

use domain::StyleId;
use domain::object::{UriScheme, model_key};
use domain::workers::Topic;
use serde_json::json;

use crate::painter::PaletteBuilder;
use crate::platform::{Platform, WorkerError};
use crate::task::{Message, TrainingData};
use crate::worker::{DemoWorker, STAGES, TaskFailure, run_blocking};

/// Number of colours in a palette.
const COLOUR_COUNT: usize = 8;

impl DemoWorker {
    pub(crate) async fn run_training(&self, task: &Message<TrainingData>) -> Result<(), WorkerError> {
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

    /// Returns the URI of the model file and the error of the palette.
    async fn train(
        &self,
        platform: &Platform<'_>,
        data: &TrainingData,
    ) -> Result<(String, f32), TaskFailure> {
        if data.images.is_empty() {
            return Err(TaskFailure::NoImages);
        }
        let mut builder = PaletteBuilder::default();
        for stage in 0..STAGES {
            let progress = self.progress(stage, "epoch", data.parameters.epochs);
            platform
                .progress(json!({"style_id": data.style_id, "progress": progress}))
                .await;
            for uri in items_of_stage(&data.images, stage) {
                let file = self.read(uri).await?;
                builder = run_blocking(move || {
                    builder.add(&image::load_from_memory(&file)?);
                    Ok(builder)
                })
                .await?;
            }
            tokio::time::sleep(self.options.stage_delay).await;
        }
        let style_id = data.style_id;
        let (file, loss) = run_blocking(move || {
            let palette = builder.finish(COLOUR_COUNT);
            Ok((palette.to_model(style_id)?, builder.mean_squared_error(&palette)))
        })
        .await?;
        let address = self.options.buckets.private(model_key(StyleId(style_id)));
        self.write(&address, file, "application/octet-stream").await?;
        Ok((address.uri(UriScheme::S3), loss))
    }
}

/// The items that are processed in a stage (from 0) of the task.
fn items_of_stage<Item>(items: &[Item], stage: u32) -> &[Item] {
    let start = |stage: u32| items.len() * stage as usize / STAGES as usize;
    items.get(start(stage)..start(stage + 1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_belongs_to_exactly_one_stage() {
        for count in [0_usize, 1, 4, 5, 10, 99] {
            let items: Vec<usize> = (0..count).collect();
            let stages = (0..STAGES).flat_map(|stage| items_of_stage(&items, stage).to_vec());
            assert_eq!(items, stages.collect::<Vec<usize>>());
        }
    }
}
