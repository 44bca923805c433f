//! The HTTP client for the API, with a timeout and a size limit, without redirects.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Request, StatusCode, Url, tls};
use tokio::time::{sleep, timeout};

use crate::error::{ApiError, unknown};
use crate::settings::Shop;

/// Size limit of a response body. A full page of transactions has about 2 MiB.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// Backoff while Toss is processing an equal request; doubled after each attempt.
const INITIAL_BACKOFF: Duration = Duration::from_millis(200);

const MAX_ATTEMPTS: u32 = 5;

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

pub(crate) struct Api {
    client: Client,
    base: Url,
    authorization: HeaderValue,
    timeout: Duration,
}

impl Api {
    /// Redirects are not followed: they could send the secret key to another host. An API on the loopback address is
    /// not reached through a proxy.
    pub(crate) fn new(shop: &Shop) -> Result<Self, reqwest::Error> {
        let builder = Client::builder()
            .timeout(shop.timeout)
            .redirect(Policy::none())
            .https_only(shop.https_only)
            .min_tls_version(tls::Version::TLS_1_2);
        let builder = if shop.https_only {
            builder
        } else {
            builder.no_proxy()
        };
        Ok(Self {
            client: builder.build()?,
            base: shop.api.clone(),
            authorization: shop.authorization.clone(),
            timeout: shop.timeout,
        })
    }

    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// `path` is a list of segments, which are percent-encoded.
    pub(crate) async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Vec<u8>, ApiError> {
        let mut url = self.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.call(&self.request(Method::GET, url)).await
    }

    /// `key` is the idempotency key, for requests that are not idempotent by themselves.
    pub(crate) async fn post(
        &self,
        path: &[&str],
        key: Option<&str>,
        body: String,
    ) -> Result<Vec<u8>, ApiError> {
        let mut request = self.request(Method::POST, self.url(path)?);
        if let Some(key) = key {
            let key = HeaderValue::from_str(key).map_err(|_| ApiError::invalid_request("the order's id"))?;
            request.headers_mut().insert(IDEMPOTENCY_KEY, key);
        }
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(reqwest::header::CONTENT_TYPE, json);
        *request.body_mut() = Some(body.into());
        self.call(&request).await
    }

    fn url(&self, path: &[&str]) -> Result<Url, ApiError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| ApiError::invalid_request("the API's URL"))?
            .pop_if_empty()
            .push("v1")
            .extend(path);
        Ok(url)
    }

    fn request(&self, method: Method, url: Url) -> Request {
        let mut request = Request::new(method, url);
        request
            .headers_mut()
            .insert(AUTHORIZATION, self.authorization.clone());
        request
    }

    async fn call(&self, request: &Request) -> Result<Vec<u8>, ApiError> {
        timeout(self.timeout, self.send_with_retries(request))
            .await
            .unwrap_or_else(|_| Err(unknown("it did not answer in time").into()))
    }

    /// Retries while Toss is processing an equal request.
    async fn send_with_retries(&self, request: &Request) -> Result<Vec<u8>, ApiError> {
        let mut backoff = INITIAL_BACKOFF;
        for _ in 1..MAX_ATTEMPTS {
            match self.send(request).await {
                Err(error) if error.is_busy() => sleep(backoff).await,
                outcome => return outcome,
            }
            backoff *= 2;
        }
        self.send(request).await
    }

    async fn send(&self, request: &Request) -> Result<Vec<u8>, ApiError> {
        let request = request
            .try_clone()
            .ok_or_else(|| ApiError::invalid_request("the body"))?;
        let mut response = self.client.execute(request).await.map_err(transport_error)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(transport_error)? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(
                    unknown(format_args!("the response is longer than {MAX_BODY_BYTES} bytes")).into(),
                );
            }
            body.extend_from_slice(&chunk);
        }
        if status == StatusCode::OK {
            Ok(body)
        } else {
            Err(ApiError::from_response(status, &body))
        }
    }
}

/// Appends the causes: they say what failed, such as DNS, TLS or the connection. The URL is left out, because it may
/// contain a payment key.
fn transport_error(error: reqwest::Error) -> ApiError {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    unknown(text).into()
}
