//! Requests to the provider: bounded in time and size, and answered by whom they were sent to.

use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::http::{self, StatusCode, header::CONTENT_TYPE};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use thiserror::Error;

/// The longest answer that is read. Discovery, key sets and token answers have a few KiB.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Why a request had no answer worth reading. Holds nothing of the request and nothing of an answer's body.
#[derive(Debug, Error)]
pub(crate) enum HttpError {
    #[error("{0}")]
    Transport(String),
    #[error("it answers {0}")]
    Status(StatusCode),
    #[error("its answer is longer than {MAX_ANSWER_BYTES} bytes")]
    TooLong,
    #[error("the request or its answer cannot be built")]
    Malformed(#[from] http::Error),
}

impl From<reqwest::Error> for HttpError {
    /// The causes name what failed: a name that does not resolve, a certificate, a refused connection.
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        Self::Transport(text)
    }
}

/// The HTTP client for the provider.
#[derive(Debug)]
pub(crate) struct ProviderHttp {
    client: reqwest::Client,
}

impl ProviderHttp {
    /// Follows no redirects: they could lead a code and our secret elsewhere. A provider on this machine
    /// (`https_only` false) is not reached through a proxy.
    pub(crate) fn new(timeout: Duration, https_only: bool) -> Result<Self, reqwest::Error> {
        let builder = reqwest::Client::builder()
            .timeout(timeout)
            .redirect(Policy::none())
            .https_only(https_only);
        let builder = if https_only { builder } else { builder.no_proxy() };
        Ok(Self {
            client: builder.build()?,
        })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let mut response = self.client.execute(request).await?;
        let status = response.status();
        // What the provider says of itself, not of the request; its text is for people.
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(HttpError::Status(status));
        }
        let mut answer = http::Response::builder().status(status);
        if let Some(content_type) = response.headers().get(CONTENT_TYPE) {
            answer = answer.header(CONTENT_TYPE, content_type);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(HttpError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(answer.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for ProviderHttp {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + Sync + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
