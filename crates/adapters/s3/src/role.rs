//! Credentials of the IAM role of the instance we run on, by version 2 of its metadata service.
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

/// The metadata service has this address on every instance.
const SERVICE: &str = "http://169.254.169.254";
/// It is next door: when it does not answer soon, this is no such instance.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long credentials are used before they are read again. New ones are there at least five minutes before the
/// old ones end, so no clock has to be asked when that is.
const FRESH: Duration = Duration::from_mins(4);
/// How long the old ones are used after new ones could not be read.
const PATIENCE: Duration = Duration::from_secs(10);

/// The role's credentials, read when they are needed.
pub(crate) struct InstanceRole {
    http: reqwest::Client,
    service: String,
    cached: Mutex<Option<Cached>>,
}

struct Cached {
    credentials: Credentials,
    /// When to read them again.
    due: Instant,
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
    /// The role of this instance. Nothing is read yet.
    pub(crate) fn new() -> Result<Self, SettingsError> {
        Self::told_by(SERVICE)
    }

    fn told_by(service: &str) -> Result<Self, SettingsError> {
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

    /// Credentials that are valid for some minutes at least. Callers at the same time share one reading.
    pub(crate) async fn credentials(&self) -> Result<Credentials, Failure> {
        let mut cached = self.cached.lock().await;
        if let Some(known) = &*cached
            && Instant::now() < known.due
        {
            return Ok(known.credentials.clone());
        }
        let read = self.read().await;
        match (read, &mut *cached) {
            (Ok(credentials), cached) => {
                let due = Instant::now() + FRESH;
                let credentials = cached.insert(Cached { credentials, due }).credentials.clone();
                Ok(credentials)
            }
            (Err(failure), Some(known)) => {
                let error = failure.into_error();
                tracing::warn!(%error, "the role's credentials cannot be read again, the last ones are used");
                known.due = Instant::now() + PATIENCE;
                Ok(known.credentials.clone())
            }
            (Err(failure), None) => Err(failure),
        }
    }

    async fn read(&self) -> Result<Credentials, Failure> {
        let ask_token = self
            .http
            .put(format!("{}/latest/api/token", self.service))
            .header("X-aws-ec2-metadata-token-ttl-seconds", "60");
        let token = text(answer(ask_token).await?).await?;
        let roles = format!("{}/latest/meta-data/iam/security-credentials/", self.service);
        let get = |address: &str| {
            self.http
                .get(address)
                .header("X-aws-ec2-metadata-token", token.trim())
        };
        let named = text(answer(get(&roles)).await?).await?;
        let role = named.lines().next().unwrap_or_default().trim();
        let told = answer(get(&format!("{roles}{role}"))).await?;
        let told: RoleCredentials = told.json().await.map_err(|_| not_understood())?;
        if told.code != "Success" {
            return Err(not_understood());
        }
        // Without an expiry, which the library would act on too late.
        Credentials::new(
            Some(&told.access_key_id),
            Some(&told.secret_access_key),
            Some(&told.token),
            None,
            None,
        )
        .map_err(|_| not_understood())
    }
}

async fn answer(request: RequestBuilder) -> Result<Response, Failure> {
    let response = request.send().await.map_err(|error| match Failure::from(error) {
        Failure::Passing(reason) => Failure::Passing(format!("asking for the instance's role: {reason}")),
        refused @ Failure::Final(_) => refused,
    })?;
    match response.status() {
        StatusCode::OK => Ok(response),
        StatusCode::NOT_FOUND => Err(Failure::refused("no keys are set and the instance has no role")),
        status => Err(Failure::Passing(format!(
            "the instance's metadata service answered {}",
            status.as_u16()
        ))),
    }
}

async fn text(response: Response) -> Result<String, Failure> {
    response.text().await.map_err(|_| not_understood())
}

fn not_understood() -> Failure {
    Failure::Passing("the instance's metadata service gave no credentials".to_owned())
}

#[cfg(test)]
#[path = "role_tests.rs"]
mod tests;
