//! Does whole tasks, from the message to the last webhook.

use std::sync::Arc;
use std::time::Duration;

use domain::object::{Buckets, ObjectError, ObjectStorage};
use domain::workers::Topic;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::painter::{ModelError, PaintError};
use crate::platform::{CALL_TIMEOUT, WorkerError};

/// Parts of a task; each begins with a progress report.
pub(crate) const PARTS: u32 = 5;

/// Options of the demo worker. Its secrets are not in its `Debug`.
#[derive(Debug, Clone)]
pub struct DemoWorkerOptions {
    /// Model files go to the private bucket, pictures to the public one.
    pub buckets: Buckets,
    /// Bearer token of the webhooks.
    pub internal_token: SecretString,
    /// Pause after each of the five progress reports of a task, so that a person can watch it happen;
    /// [`DEFAULT_PACE`](Self::DEFAULT_PACE) for a demo, zero for tests.
    pub pace: Duration,
}

impl DemoWorkerOptions {
    /// A task in about two seconds.
    pub const DEFAULT_PACE: Duration = Duration::from_millis(350);
}

/// Learns palettes in place of styles and paints pictures in place of generating them.
pub struct DemoWorker {
    pub(crate) storage: Arc<dyn ObjectStorage>,
    pub(crate) http: reqwest::Client,
    pub(crate) options: DemoWorkerOptions,
}

/// Why a task's own work failed. The text is shown to the user; the cause is for the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkFailure {
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
        // Without proxies: the platform of a demo is on this machine.
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

    /// Does the task in `body`, which came from the queue of `topic`.
    ///
    /// `Ok` means that the platform has been told how it ended, well or badly. An error means that it has
    /// not; [`WorkerError::is_retryable`] says whether another try makes sense.
    pub async fn work(&self, topic: Topic, body: &[u8]) -> Result<(), WorkerError> {
        match topic {
            Topic::ModelTraining => self.training(&serde_json::from_slice(body)?).await,
            Topic::ImageGeneration => self.generation(&serde_json::from_slice(body)?).await,
        }
    }

    /// The progress at the beginning of a part (from 0) of a task of `total` epochs or steps.
    pub(crate) fn progress(&self, part: u32, unit: &str, total: u32) -> Value {
        let left = self.options.pace * (PARTS - part);
        let current = (u64::from(total) * u64::from(part) / u64::from(PARTS)).max(1);
        let total = total.max(1);
        json!({
            format!("current_{unit}"): current,
            format!("total_{unit}s"): total,
            "progress_percent": current * 100 / u64::from(total),
            "estimated_seconds": left.as_secs() + u64::from(left.subsec_nanos() > 0),
        })
    }
}

/// Runs work on pixels on the blocking pool.
pub(crate) async fn blocking<Out: Send + 'static>(
    work: impl FnOnce() -> Result<Out, WorkFailure> + Send + 'static,
) -> Result<Out, WorkFailure> {
    tokio::task::spawn_blocking(work).await?
}
