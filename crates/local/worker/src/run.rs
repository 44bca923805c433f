//! Does whole tasks, from the message to the last webhook.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;

use super::painter::model_file;
use super::platform::{CALL_TIMEOUT, Platform, Side, WorkerError};
use super::storage::{S3Storage, Storage, StorageFailure};
use super::task::{GENERATION_QUEUE, TRAINING_QUEUE};

/// Parts into which a task is divided, each begun with a progress report.
pub(super) const PARTS: u32 = 5;

/// What the demo worker needs to know. Its secrets are not in its `Debug`.
#[derive(Debug, Clone)]
pub struct DemoWorkerOptions {
    /// Address of the S3 server.
    pub endpoint: String,
    /// Region the requests are signed for.
    pub region: String,
    /// Access key.
    pub access_key: String,
    /// Secret key.
    pub secret_key: SecretString,
    /// Bucket that takes the model files.
    pub private_bucket: String,
    /// Bucket that takes the pictures.
    pub public_bucket: String,
    /// Token shown to the webhooks.
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
    pub(super) storage: Arc<dyn Storage>,
    http: reqwest::Client,
    pub(super) options: DemoWorkerOptions,
}

impl fmt::Debug for DemoWorker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DemoWorker")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Why a task's own work failed. Its text is shown to the user; the cause is for the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorkFailure {
    #[error("an object could not be read from or written to storage")]
    Storage(#[from] StorageFailure),
    #[error("the task names no images")]
    NoImages,
    #[error("an image cannot be decoded")]
    Image(#[from] image::ImageError),
    #[error("the style's model file cannot be used by the demo worker")]
    Model(#[from] model_file::ModelFileError),
    #[error("the picture could not be encoded")]
    Png(#[from] png::EncodingError),
    #[error("the work broke off")]
    Broken(#[from] tokio::task::JoinError),
}

impl DemoWorker {
    /// A worker on the S3 storage of the options. Fails when they cannot be used.
    pub fn new(options: DemoWorkerOptions) -> Result<Self, WorkerError> {
        let http = client()?;
        let DemoWorkerOptions {
            endpoint,
            region,
            access_key,
            secret_key,
            ..
        } = &options;
        let storage = S3Storage::new(endpoint, region, access_key, secret_key, http.clone())
            .map_err(|error| WorkerError::Setup(error.to_string()))?;
        Ok(Self {
            storage: Arc::new(storage),
            http,
            options,
        })
    }

    /// A worker on another storage; the options' S3 server is then not used.
    pub fn with_storage(options: DemoWorkerOptions, storage: Arc<dyn Storage>) -> Result<Self, WorkerError> {
        Ok(Self {
            storage,
            http: client()?,
            options,
        })
    }

    /// Does the task in `body`, which came from `queue` (`model_training` or `image_generation`).
    ///
    /// `Ok` means that the platform has been told how it ended, well or badly. An error means that it has
    /// not; [`WorkerError::may_pass`] says whether another try makes sense.
    pub async fn work(&self, queue: &str, body: &[u8]) -> Result<(), WorkerError> {
        match queue {
            TRAINING_QUEUE => self.training(&serde_json::from_slice(body)?).await,
            GENERATION_QUEUE => self.generation(&serde_json::from_slice(body)?).await,
            other => Err(WorkerError::UnknownQueue(other.to_owned())),
        }
    }

    pub(super) fn platform<'a>(
        &'a self,
        side: Side,
        callback_url: &str,
        task_id: &'a str,
    ) -> Result<Platform<'a>, WorkerError> {
        Platform::new(
            &self.http,
            &self.options.internal_token,
            side,
            callback_url,
            task_id,
        )
    }

    /// Where a task stands at the beginning of a part (from 0).
    pub(super) fn done(&self, part: u32, total: u32) -> Done {
        let left = self.options.pace * (PARTS - part);
        let current = (u64::from(total) * u64::from(part) / u64::from(PARTS)).max(1);
        Done {
            current,
            total: total.max(1),
            seconds: left.as_secs() + u64::from(left.subsec_nanos() > 0),
        }
    }
}

/// Where a task stands.
pub(super) struct Done {
    current: u64,
    total: u32,
    seconds: u64,
}

pub(super) fn progress_body(id_name: &str, id: i64, unit: &str, done: &Done) -> serde_json::Value {
    json!({
        id_name: id,
        "progress": {
            format!("current_{unit}"): done.current,
            format!("total_{unit}s"): done.total,
            "progress_percent": done.current * 100 / u64::from(done.total),
            "estimated_seconds": done.seconds,
        },
    })
}

/// Runs work on pixels where it holds up no one else.
pub(super) async fn blocking<Out: Send + 'static>(
    work: impl FnOnce() -> Result<Out, WorkFailure> + Send + 'static,
) -> Result<Out, WorkFailure> {
    tokio::task::spawn_blocking(work).await?
}

/// A client without proxies: storage and platform of a demo are on this machine.
fn client() -> Result<reqwest::Client, WorkerError> {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .connect_timeout(CALL_TIMEOUT);
    builder
        .build()
        .map_err(|error| WorkerError::Setup(error.to_string()))
}
