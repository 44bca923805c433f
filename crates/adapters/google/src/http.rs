//! The HTTP client for the provider, with a timeout and a size limit, without redirects.

use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::http::{self, StatusCode, header::CONTENT_TYPE};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use thiserror::Error;

/// Size limit of a response body. Discovery documents, JWKS and token responses have a few KiB.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Contains nothing of the request and nothing of the response body.
#[derive(Debug, Error)]
pub(crate) enum HttpError {
    #[error("{0}")]
    Transport(String),
    #[error("it responded {0}")]
    Status(StatusCode),
    #[error("the response is longer than {MAX_BODY_BYTES} bytes")]
    TooLong,
    #[error("the request or the response cannot be converted")]
    Malformed(#[from] http::Error),
}

impl From<reqwest::Error> for HttpError {
    /// Appends the causes: they say what failed, such as DNS, TLS or the connection.
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

#[derive(Debug)]
pub(crate) struct ProviderHttp {
    client: reqwest::Client,
}

impl ProviderHttp {
    /// Redirects are not followed: they could send a code and the client secret to another host. A provider on the
    /// loopback address (`https_only` is false) is not reached through a proxy.
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
        // An outage, not a refusal of the request: the body has no OAuth error.
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(HttpError::Status(status));
        }
        let mut builder = http::Response::builder().status(status);
        if let Some(content_type) = response.headers().get(CONTENT_TYPE) {
            builder = builder.header(CONTENT_TYPE, content_type);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(HttpError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(builder.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for ProviderHttp {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + Sync + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
