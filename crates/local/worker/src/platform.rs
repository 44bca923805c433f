//! The platform as the worker sees it: the webhooks it calls, and the public page of a style.

use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

/// What a real worker allows for a call.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// Why the platform does not know how a task ended. A task whose failure was reported is no error.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// There is no such queue.
    #[error("no worker for the queue {0}")]
    UnknownQueue(String),
    /// The message is not a task of its queue.
    #[error("the message is not a task")]
    Task(#[from] serde_json::Error),
    /// The task's callback address does not end as its queue's must.
    #[error("the task's callback address ends in no known webhook")]
    CallbackUrl,
    /// The worker could not be set up.
    #[error("the worker cannot be set up: {0}")]
    Setup(String),
    /// The platform could not be reached.
    #[error("calling {call}: {reason}")]
    Unreachable {
        /// The webhook, such as `training/complete`.
        call: String,
        /// What went wrong.
        reason: String,
    },
    /// The platform refused a call.
    #[error("calling {call}: answered {status}")]
    Refused {
        /// The webhook, such as `training/complete`.
        call: String,
        /// HTTP status.
        status: u16,
    },
}

impl WorkerError {
    /// Whether doing the same task again later may end differently.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => *status >= 500,
            _ => false,
        }
    }
}

/// What is known of a style besides its task.
#[derive(Debug, Default)]
pub(super) struct StyleCard {
    pub(super) name: Option<String>,
    pub(super) artist: Option<String>,
    pub(super) license: Option<String>,
}

#[derive(Deserialize)]
struct StylePage {
    data: StyleData,
}

#[derive(Deserialize)]
struct StyleData {
    name: Option<String>,
    license_type: Option<String>,
    artist: Option<ArtistData>,
}

#[derive(Deserialize)]
struct ArtistData {
    artist_name: Option<String>,
}

/// The two kinds of worker the platform tells apart.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Training,
    Inference,
}

impl Side {
    fn path(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Inference => "inference",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::Training => "training-server",
            Self::Inference => "inference-server",
        }
    }
}

/// The platform that sent one task.
pub(super) struct Platform<'a> {
    http: &'a reqwest::Client,
    token: &'a SecretString,
    /// `<API_BASE_URL>/api`.
    api: String,
    side: Side,
    task_id: &'a str,
}

impl<'a> Platform<'a> {
    pub(super) fn new(
        http: &'a reqwest::Client,
        token: &'a SecretString,
        side: Side,
        callback_url: &str,
        task_id: &'a str,
    ) -> Result<Self, WorkerError> {
        let ending = format!("/webhooks/{}/complete", side.path());
        let api = callback_url
            .trim_end_matches('/')
            .strip_suffix(&ending)
            .ok_or(WorkerError::CallbackUrl)?;
        Ok(Self {
            http,
            token,
            api: api.to_owned(),
            side,
            task_id,
        })
    }

    /// Reports progress. The next report may get through, so a failure is only noted.
    pub(super) async fn progress(&self, body: Value) {
        if let Err(error) = self.call(Method::PATCH, "progress", body).await {
            tracing::warn!(%error, "progress was not reported");
        }
    }

    pub(super) async fn complete(&self, body: Value) -> Result<(), WorkerError> {
        self.call(Method::POST, "complete", body).await
    }

    pub(super) async fn failed(&self, body: Value) -> Result<(), WorkerError> {
        self.call(Method::POST, "failed", body).await
    }

    async fn call(&self, method: Method, what: &str, mut body: Value) -> Result<(), WorkerError> {
        body["task_id"] = self.task_id.into();
        let call = format!("{}/{what}", self.side.path());
        let request = self
            .http
            .request(method, format!("{}/webhooks/{call}", self.api))
            .timeout(CALL_TIMEOUT)
            .bearer_auth(self.token.expose_secret())
            .header("x-request-source", self.side.source())
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

    /// Reads the style's public page. A hidden style, or a platform in trouble, just leaves the card empty.
    pub(super) async fn style(&self, style_id: i64) -> StyleCard {
        let address = format!("{}/styles/{style_id}", self.api);
        let answer = self.http.get(address).timeout(LOOKUP_TIMEOUT).send().await;
        let Ok(answer) = answer.and_then(reqwest::Response::error_for_status) else {
            return StyleCard::default();
        };
        let Ok(StylePage { data }) = answer.json().await else {
            return StyleCard::default();
        };
        StyleCard {
            name: data.name,
            artist: data.artist.and_then(|artist| artist.artist_name),
            license: data.license_type,
        }
    }
}
