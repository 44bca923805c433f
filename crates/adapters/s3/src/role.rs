//! Credentials of the EC2 instance's IAM role, from version 2 of the instance metadata service.
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html>

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};
use s3::creds::Credentials;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::failure::Failure;
use crate::settings::SettingsError;

/// The address of the metadata service is the same on every instance.
const METADATA_SERVICE: &str = "http://169.254.169.254";
/// Short, because the service is local; outside of EC2 nothing answers.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long credentials are cached. AWS provides new ones at least five minutes before the old ones expire, so the
/// expiry does not have to be compared with a clock.
const CACHE_LIFETIME: Duration = Duration::from_mins(4);
/// Interval between attempts after a failed refresh; the old credentials are used meanwhile.
const RETRY_INTERVAL: Duration = Duration::from_secs(10);

/// Reads the role's credentials on first use and caches them.
pub(crate) struct InstanceRole {
    http: reqwest::Client,
    service: String,
    cached: Mutex<Option<Cached>>,
}

struct Cached {
    credentials: Credentials,
    refresh_at: Instant,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RoleCredentials {
    code: String,
    access_key_id: String,
    secret_access_key: String,
    token: String,
}

impl InstanceRole {
    /// Sends no request yet.
    pub(crate) fn new() -> Result<Self, SettingsError> {
        Self::with_service(METADATA_SERVICE)
    }

    fn with_service(service: &str) -> Result<Self, SettingsError> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .build()
            .map_err(|_| SettingsError::Client)?;
        Ok(Self {
            http,
            service: service.to_owned(),
            cached: Mutex::new(None),
        })
    }

    /// Credentials that are valid for at least a minute. Concurrent callers share one refresh.
    pub(crate) async fn credentials(&self) -> Result<Credentials, Failure> {
        let mut cached = self.cached.lock().await;
        if let Some(known) = &*cached
            && Instant::now() < known.refresh_at
        {
            return Ok(known.credentials.clone());
        }
        let fetched = self.fetch().await;
        match (fetched, &mut *cached) {
            (Ok(credentials), cached) => {
                let entry = Cached {
                    credentials: credentials.clone(),
                    refresh_at: Instant::now() + CACHE_LIFETIME,
                };
                *cached = Some(entry);
                Ok(credentials)
            }
            (Err(failure), Some(known)) => {
                let error = failure.into_error();
                tracing::warn!(%error, "refreshing the role's credentials failed; the cached ones are used");
                known.refresh_at = Instant::now() + RETRY_INTERVAL;
                Ok(known.credentials.clone())
            }
            (Err(failure), None) => Err(failure),
        }
    }

    async fn fetch(&self) -> Result<Credentials, Failure> {
        let token_request = self
            .http
            .put(format!("{}/latest/api/token", self.service))
            .header("X-aws-ec2-metadata-token-ttl-seconds", "60");
        let token = text(send(token_request).await?).await?;
        let roles_url = format!("{}/latest/meta-data/iam/security-credentials/", self.service);
        let get = |url: &str| {
            self.http
                .get(url)
                .header("X-aws-ec2-metadata-token", token.trim())
        };
        let roles = text(send(get(&roles_url)).await?).await?;
        let role = roles.lines().next().unwrap_or_default().trim();
        let response = send(get(&format!("{roles_url}{role}"))).await?;
        let body: RoleCredentials = response.json().await.map_err(|_| invalid_response())?;
        if body.code != "Success" {
            return Err(invalid_response());
        }
        // Without an expiry: the library would refresh too late.
        Credentials::new(
            Some(&body.access_key_id),
            Some(&body.secret_access_key),
            Some(&body.token),
            None,
            None,
        )
        .map_err(|_| invalid_response())
    }
}

async fn send(request: RequestBuilder) -> Result<Response, Failure> {
    let response = request.send().await.map_err(|error| match Failure::from(error) {
        Failure::Transient(reason) => Failure::Transient(format!("reading the instance's role: {reason}")),
        refused @ Failure::Final(_) => refused,
    })?;
    match response.status() {
        StatusCode::OK => Ok(response),
        StatusCode::NOT_FOUND => Err(Failure::refused(
            "no access keys are configured and the instance has no role",
        )),
        status => Err(Failure::Transient(format!(
            "the instance metadata service responded {}",
            status.as_u16()
        ))),
    }
}

async fn text(response: Response) -> Result<String, Failure> {
    response.text().await.map_err(|_| invalid_response())
}

fn invalid_response() -> Failure {
    Failure::Transient("the instance metadata service sent no valid credentials".to_owned())
}

#[cfg(test)]
#[path = "role_tests.rs"]
mod tests;
