//! The demo worker: runs a task, from the message to the last webhook call.

use std::sync::Arc;
use std::time::Duration;

use domain::object::{Buckets, ObjectError, ObjectStorage};
use domain::workers::Topic;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::painter::{ModelError, PaintError};
use crate::platform::{CALL_TIMEOUT, WorkerError};

/// Stages of a task. Each starts with a progress report.
pub(crate) const STAGES: u32 = 5;

/// Options of the demo worker.
#[derive(Debug, Clone)]
pub struct DemoWorkerOptions {
    /// Models are stored in the private bucket, images in the public bucket.
    pub buckets: Buckets,
    /// Bearer token for the webhooks.
    pub internal_token: SecretString,
    /// Delay after each progress report, so that the progress is visible in the web client. Zero in tests.
    pub stage_delay: Duration,
}

impl DemoWorkerOptions {
    /// A task takes about two seconds.
    pub const DEFAULT_STAGE_DELAY: Duration = Duration::from_millis(350);
}

/// Extracts palettes instead of training models, and paints images instead of generating them.
pub struct DemoWorker {
    pub(crate) storage: Arc<dyn ObjectStorage>,
    pub(crate) http: reqwest::Client,
    pub(crate) options: DemoWorkerOptions,
}

/// Why a task failed. The text is shown to the user, the source is only logged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskFailure {
    #[error("an object's address is not in the platform's storage")]
    Address,
    #[error("an object could not be read from or written to storage")]
    Storage(#[from] ObjectError),
    #[error("the picture could not be uploaded")]
    Upload(#[source] reqwest::Error),
    #[error("the task names no images")]
    NoImages,
    #[error("an image cannot be decoded")]
    Image(#[from] image::ImageError),
    #[error("the style's model file cannot be used by the demo worker")]
    Model(#[from] ModelError),
    #[error(transparent)]
    Paint(#[from] PaintError),
    #[error("the work broke off")]
    Interrupted(#[from] tokio::task::JoinError),
}

impl DemoWorker {
    pub fn new(storage: Arc<dyn ObjectStorage>, options: DemoWorkerOptions) -> Result<Self, WorkerError> {
        // No proxy: the API of a demo runs on this machine.
        let http = reqwest::Client::builder()
            .no_proxy()
            .connect_timeout(CALL_TIMEOUT)
            .build()
            .map_err(|error| WorkerError::Setup(error.to_string()))?;
        Ok(Self {
            storage,
            http,
            options,
        })
    }

    /// Runs the task in `body`, a message from the queue of `topic`.
    ///
    /// `Ok`: the result was reported to the platform, a success or a failure. `Err`: the result was not reported. See
    /// [`WorkerError::is_retryable`].
    pub async fn run_task(&self, topic: Topic, body: &[u8]) -> Result<(), WorkerError> {
        match topic {
            Topic::ModelTraining => self.run_training(&serde_json::from_slice(body)?).await,
            Topic::ImageGeneration => self.run_generation(&serde_json::from_slice(body)?).await,
        }
    }

    /// The progress at the start of a stage (from 0) of a task with `total` epochs or steps.
    pub(crate) fn progress(&self, stage: u32, unit: &str, total: u32) -> Value {
        let remaining = self.options.stage_delay * (STAGES - stage);
        let current = (u64::from(total) * u64::from(stage) / u64::from(STAGES)).max(1);
        let total = total.max(1);
        json!({
            format!("current_{unit}"): current,
            format!("total_{unit}s"): total,
            "progress_percent": current * 100 / u64::from(total),
            "estimated_seconds": remaining.as_secs() + u64::from(remaining.subsec_nanos() > 0),
        })
    }
}

/// Runs CPU-bound work on the blocking thread pool.
pub(crate) async fn run_blocking<Out: Send + 'static>(
    work: impl FnOnce() -> Result<Out, TaskFailure> + Send + 'static,
) -> Result<Out, TaskFailure> {
    tokio::task::spawn_blocking(work).await?
}
