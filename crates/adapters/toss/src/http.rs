//! Calls to the API: bounded in time and size, and answered by whom they were sent to.

use std::error::Error as _;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Request, StatusCode, Url, tls};
use tokio::time::{sleep, timeout};

use crate::refusal::{Refusal, unknown};
use crate::settings::Shop;

/// The longest answer that is read: a full page of transactions has about 2 MiB.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// How long we wait before sending again what Toss is still busy with; the pause doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// How often the same is sent at most.
const MAX_TRIES: u32 = 5;

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The HTTP client for the API.
pub(crate) struct Api {
    client: Client,
    base: Url,
    authorization: HeaderValue,
    timeout: Duration,
}

impl Api {
    /// Follows no redirects: they could lead our secret key elsewhere. An API on this machine is not reached
    /// through a proxy.
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

    /// Reads what is at `path`, each part of which is escaped.
    pub(crate) async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Vec<u8>, Refusal> {
        let mut url = self.address(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.call(&self.request(Method::GET, url)).await
    }

    /// Sends `body`, under a key that makes a repeat harmless where it would not be by itself.
    pub(crate) async fn post(
        &self,
        path: &[&str],
        key: Option<&str>,
        body: String,
    ) -> Result<Vec<u8>, Refusal> {
        let mut request = self.request(Method::POST, self.address(path)?);
        if let Some(key) = key {
            let key = HeaderValue::from_str(key).map_err(|_| Refusal::of_request("the order's id"))?;
            request.headers_mut().insert(IDEMPOTENCY_KEY, key);
        }
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(reqwest::header::CONTENT_TYPE, json);
        *request.body_mut() = Some(body.into());
        self.call(&request).await
    }

    fn address(&self, path: &[&str]) -> Result<Url, Refusal> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Refusal::of_request("the API's address"))?
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

    async fn call(&self, request: &Request) -> Result<Vec<u8>, Refusal> {
        timeout(self.timeout, self.patient_call(request))
            .await
            .unwrap_or_else(|_| Err(unknown("it did not answer in time").into()))
    }

    /// Sends the request, and again while Toss is busy with an equal one.
    async fn patient_call(&self, request: &Request) -> Result<Vec<u8>, Refusal> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..MAX_TRIES {
            match self.send(request).await {
                Err(refusal) if refusal.is_busy() => sleep(pause).await,
                outcome => return outcome,
            }
            pause *= 2;
        }
        self.send(request).await
    }

    async fn send(&self, request: &Request) -> Result<Vec<u8>, Refusal> {
        let request = request
            .try_clone()
            .ok_or_else(|| Refusal::of_request("the body"))?;
        let mut response = self.client.execute(request).await.map_err(lost)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(
                    unknown(format_args!("its answer is longer than {MAX_ANSWER_BYTES} bytes")).into(),
                );
            }
            body.extend_from_slice(&chunk);
        }
        if status == StatusCode::OK {
            Ok(body)
        } else {
            Err(Refusal::read(status, &body))
        }
    }
}

/// The causes name what failed: a name that does not resolve, a certificate, a refused connection. The address is
/// left out, it may hold a payment's key.
fn lost(error: reqwest::Error) -> Refusal {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    unknown(text).into()
}
