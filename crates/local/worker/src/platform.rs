//! The platform as the worker sees it: the webhooks it calls, and the public page of a style.

use std::time::Duration;

use domain::workers::Topic;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::DemoWorker;
use crate::painter::StyleCard;
use crate::task::Message;

/// What a real worker allows for a call.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// Why the platform does not know how a task ended. A task whose failure was reported is no error.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error("the message is not a task")]
    Task(#[from] serde_json::Error),
    #[error("the task's callback address ends in no known webhook")]
    CallbackUrl,
    #[error("the worker cannot be set up: {0}")]
    Setup(String),
    #[error("calling {call}: {reason}")]
    Unreachable { call: String, reason: String },
    #[error("calling {call}: answered {status}")]
    Refused { call: String, status: u16 },
}

impl WorkerError {
    /// Whether doing the same task again later may end differently.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => *status >= 500,
            _ => false,
        }
    }
}

/// The platform that sent one task.
pub(crate) struct Platform<'a> {
    http: &'a reqwest::Client,
    token: &'a SecretString,
    /// `<API_BASE_URL>/api`.
    api: String,
    /// `training` or `inference`.
    side: &'static str,
    task_id: &'a str,
}

impl<'a> Platform<'a> {
    pub(crate) fn new<D>(
        worker: &'a DemoWorker,
        topic: Topic,
        task: &'a Message<D>,
    ) -> Result<Self, WorkerError> {
        let side = match topic {
            Topic::ModelTraining => "training",
            Topic::ImageGeneration => "inference",
        };
        let api = task
            .callback_url
            .trim_end_matches('/')
            .strip_suffix(&format!("/webhooks/{side}/complete"))
            .ok_or(WorkerError::CallbackUrl)?;
        Ok(Self {
            http: &worker.http,
            token: &worker.options.internal_token,
            api: api.to_owned(),
            side,
            task_id: &task.task_id,
        })
    }

    /// Reports progress. The next report may get through, so a failure is only logged.
    pub(crate) async fn progress(&self, body: Value) {
        if let Err(error) = self.call(Method::PATCH, "progress", body).await {
            tracing::warn!(%error, "progress was not reported");
        }
    }

    pub(crate) async fn complete(&self, body: Value) -> Result<(), WorkerError> {
        self.call(Method::POST, "complete", body).await
    }

    pub(crate) async fn failed(&self, body: Value) -> Result<(), WorkerError> {
        self.call(Method::POST, "failed", body).await
    }

    async fn call(&self, method: Method, what: &str, mut body: Value) -> Result<(), WorkerError> {
        body["task_id"] = self.task_id.into();
        let call = format!("{}/{what}", self.side);
        let request = self
            .http
            .request(method, format!("{}/webhooks/{call}", self.api))
            .timeout(CALL_TIMEOUT)
            .bearer_auth(self.token.expose_secret())
            .header("x-request-source", format!("{}-server", self.side))
            .json(&body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(WorkerError::Refused {
                call,
                status: answer.status().as_u16(),
            }),
            Err(error) => Err(WorkerError::Unreachable {
                call,
                reason: error.without_url().to_string(),
            }),
        }
    }

    /// Reads the style's public page. If the style is hidden or the platform fails, the card stays empty.
    pub(crate) async fn style(&self, style_id: i64) -> StyleCard {
        let page = self.style_page(style_id).await.unwrap_or_default();
        let text = |pointer: &str| page.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        StyleCard {
            name: text("/data/name"),
            artist: text("/data/artist/artist_name"),
            license: text("/data/license_type"),
        }
    }

    async fn style_page(&self, style_id: i64) -> reqwest::Result<Value> {
        let request = self.http.get(format!("{}/styles/{style_id}", self.api));
        let answer = request.timeout(LOOKUP_TIMEOUT).send().await?;
        answer.error_for_status()?.json().await
    }
}
