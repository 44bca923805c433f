//! The worker's way to the objects: by S3 with its own credentials, and by presigned addresses.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use s3::creds::Credentials;
use s3::{Bucket, Region};
use secrecy::{ExposeSecret, SecretString};

/// Time allowed for one object.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Why an object could not be read or written. Never holds the query of an address: a presigned one carries
/// its signature there.
#[derive(Debug, thiserror::Error)]
#[error("{action} {address}: {reason}")]
pub struct StorageFailure {
    action: &'static str,
    address: String,
    reason: String,
}

impl StorageFailure {
    /// A failure to do `action` ("get", "put") with the object at `address`.
    pub fn new(action: &'static str, address: &str, reason: impl Into<String>) -> Self {
        let address = address.split('?').next().unwrap_or_default().to_owned();
        Self {
            action,
            address,
            reason: reason.into(),
        }
    }
}

/// Objects by their address: `s3://bucket/key`, `gs://bucket/key`, or a presigned http(s) address for
/// [`put`](Storage::put).
#[async_trait]
pub trait Storage: Send + Sync {
    /// Reads an object.
    async fn get(&self, uri: &str) -> Result<Bytes, StorageFailure>;

    /// Writes an object.
    async fn put(&self, uri: &str, body: Bytes, content_type: &str) -> Result<(), StorageFailure>;
}

/// Storage reached over the S3 protocol, path-style.
#[derive(Debug)]
pub struct S3Storage {
    region: Region,
    credentials: Credentials,
    http: reqwest::Client,
}

impl S3Storage {
    /// Storage at `endpoint`, entered with a key pair. `http` is used for presigned addresses.
    pub fn new(
        endpoint: &str,
        region: &str,
        access_key: &str,
        secret_key: &SecretString,
        http: reqwest::Client,
    ) -> Result<Self, StorageFailure> {
        let credentials = Credentials::new(
            Some(access_key),
            Some(secret_key.expose_secret()),
            None,
            None,
            None,
        )
        .map_err(|error| StorageFailure::new("open", endpoint, error.to_string()))?;
        let region = Region::Custom {
            region: region.to_owned(),
            endpoint: endpoint.trim_end_matches('/').to_owned(),
        };
        Ok(Self {
            region,
            credentials,
            http,
        })
    }

    fn bucket(&self, name: &str) -> Result<Box<Bucket>, s3::error::S3Error> {
        let bucket = Bucket::new(name, self.region.clone(), self.credentials.clone())?;
        bucket.with_path_style().with_request_timeout(TIMEOUT)
    }

    async fn put_presigned(&self, uri: &str, body: Bytes, content_type: &str) -> Result<(), StorageFailure> {
        let request = self
            .http
            .put(uri)
            .timeout(TIMEOUT)
            .header("content-type", content_type)
            .body(body);
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        answer.map_err(|error| StorageFailure::new("put", uri, error.without_url().to_string()))?;
        Ok(())
    }
}

#[async_trait]
impl Storage for S3Storage {
    async fn get(&self, uri: &str) -> Result<Bytes, StorageFailure> {
        let failure = |reason: &dyn ToString| StorageFailure::new("get", uri, reason.to_string());
        let (name, key) = split(uri).ok_or_else(|| failure(&"not a storage address"))?;
        let bucket = self.bucket(name).map_err(|error| failure(&error))?;
        let answer = bucket.get_object(key).await.map_err(|error| failure(&error))?;
        Ok(answer.into_bytes())
    }

    async fn put(&self, uri: &str, body: Bytes, content_type: &str) -> Result<(), StorageFailure> {
        if uri.starts_with("http://") || uri.starts_with("https://") {
            return self.put_presigned(uri, body, content_type).await;
        }
        let failure = |reason: &dyn ToString| StorageFailure::new("put", uri, reason.to_string());
        let (name, key) = split(uri).ok_or_else(|| failure(&"not a storage address"))?;
        let bucket = self.bucket(name).map_err(|error| failure(&error))?;
        let put = bucket
            .put_object_with_content_type(key, &body, content_type)
            .await;
        put.map_err(|error| failure(&error))?;
        Ok(())
    }
}

/// Bucket and key of an `s3://` or `gs://` address.
fn split(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("s3://").or_else(|| uri.strip_prefix("gs://"))?;
    rest.split_once('/')
        .filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split_into_bucket_and_key() {
        assert_eq!(split("s3://media/a/b.png"), Some(("media", "a/b.png")));
        assert_eq!(split("gs://media/key"), Some(("media", "key")));
        for bad in ["s3://media", "s3:///key", "s3://media/", "http://media/key", ""] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_signature_of_an_address_is_in_no_message() {
        let failure = StorageFailure::new("put", "http://localhost/b/k?X-Amz-Signature=abc", "refused");
        assert_eq!(failure.to_string(), "put http://localhost/b/k: refused");
        assert!(!format!("{failure:?}").contains("Amz"));
    }
}
