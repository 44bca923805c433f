//! Client for the webhooks and the public style route of the API.

use std::time::Duration;

use domain::workers::Topic;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::DemoWorker;
use crate::painter::StyleInfo;
use crate::task::Message;

/// Same as that of the GPU workers.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const STYLE_TIMEOUT: Duration = Duration::from_secs(2);

/// Why the result of a task could not be reported. A failed task that was reported is not an error.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error("the message is not a task")]
    Task(#[from] serde_json::Error),
    #[error("the callback URL of the task is not a known webhook")]
    CallbackUrl,
    #[error("cannot create the worker: {0}")]
    Setup(String),
    #[error("calling {call}: {reason}")]
    Unreachable { call: String, reason: String },
    #[error("calling {call}: status {status}")]
    Refused { call: String, status: u16 },
}

impl WorkerError {
    /// Whether a retry of the task may succeed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => *status >= 500,
            _ => false,
        }
    }
}

/// A client for the platform that sent a task.
pub(crate) struct Platform<'a> {
    http: &'a reqwest::Client,
    token: &'a SecretString,
    /// `<API_BASE_URL>/api`.
    api: String,
    /// `training` or `inference`.
    kind: &'static str,
    task_id: &'a str,
}

impl<'a> Platform<'a> {
    pub(crate) fn new<D>(
        worker: &'a DemoWorker,
        topic: Topic,
        task: &'a Message<D>,
    ) -> Result<Self, WorkerError> {
        let kind = match topic {
            Topic::ModelTraining => "training",
            Topic::ImageGeneration => "inference",
        };
        let api = task
            .callback_url
            .trim_end_matches('/')
            .strip_suffix(&format!("/webhooks/{kind}/complete"))
            .ok_or(WorkerError::CallbackUrl)?;
        Ok(Self {
            http: &worker.http,
            token: &worker.options.internal_token,
            api: api.to_owned(),
            kind,
            task_id: &task.task_id,
        })
    }

    /// Reports progress. An error is only logged.
    pub(crate) async fn progress(&self, body: Value) {
        if let Err(error) = self.call(Method::PATCH, "progress", body).await {
            tracing::warn!(%error, "cannot report progress");
        }
    }

    pub(crate) async fn complete(&self, body: Value) -> Result<(), WorkerError> {
        self.call(Method::POST, "complete", body).await
    }

    pub(crate) async fn failed(&self, body: Value) -> Result<(), WorkerError> {
        self.call(Method::POST, "failed", body).await
    }

    async fn call(&self, method: Method, event: &str, mut body: Value) -> Result<(), WorkerError> {
        body["task_id"] = self.task_id.into();
        let call = format!("{}/{event}", self.kind);
        let request = self
            .http
            .request(method, format!("{}/webhooks/{call}", self.api))
            .timeout(CALL_TIMEOUT)
            .bearer_auth(self.token.expose_secret())
            .header("x-request-source", format!("{}-server", self.kind))
            .json(&body);
        match request.send().await {
            Ok(response) if response.status().is_success() => Ok(()),
            Ok(response) => Err(WorkerError::Refused {
                call,
                status: response.status().as_u16(),
            }),
            Err(error) => Err(WorkerError::Unreachable {
                call,
                reason: error.without_url().to_string(),
            }),
        }
    }

    /// Reads the public data of a style. Empty if the style is hidden or the call fails.
    pub(crate) async fn style_info(&self, style_id: i64) -> StyleInfo {
        let body = self.get_style(style_id).await.unwrap_or_default();
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        StyleInfo {
            name: text("/data/name"),
            artist: text("/data/artist/artist_name"),
            license: text("/data/license_type"),
        }
    }

    async fn get_style(&self, style_id: i64) -> reqwest::Result<Value> {
        let request = self.http.get(format!("{}/styles/{style_id}", self.api));
        let response = request.timeout(STYLE_TIMEOUT).send().await?;
        response.error_for_status()?.json().await
    }
}
