//! Implements the object storage port.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::ObjectAddress;
use domain::object::{ObjectBody, ObjectError, ObjectInfo, ObjectStorage};
use reqwest::header::HeaderValue;
use s3::Bucket;
use s3::command::Command;
use s3::request::Request;
use s3::request::tokio_backend::ReqwestRequest;
use s3::serde_types::{HeadObjectResult, ListBucketResult};
use s3::signing::uri_encode;

use crate::failure::Failure;
use crate::put;
use crate::retry::with_retries;
use crate::storage::S3Storage;

/// S3's limit for presigned URLs.
const MAX_LIFETIME: Duration = Duration::from_hours(7 * 24);
const CHECK_TIMEOUT: Duration = Duration::from_secs(3);

#[async_trait]
impl ObjectStorage for S3Storage {
    async fn put(&self, at: &ObjectAddress, body: ObjectBody, content_type: &str) -> Result<(), ObjectError> {
        let bucket = self.bucket_of(at)?;
        let content_type = HeaderValue::from_str(content_type)
            .map_err(|_| ObjectError::Refused("the content type cannot be sent".to_owned()))?;
        with_retries("put", self.timeout, || async {
            let bucket = self.signing(bucket).await?;
            put::send(&bucket, &at.key, &body, &content_type, self.timeout).await
        })
        .await
    }

    async fn get(&self, at: &ObjectAddress) -> Result<Bytes, ObjectError> {
        let bucket = self.bucket_of(at)?;
        with_retries("get", self.timeout, || async {
            let response = self.signing(bucket).await?.get_object(&at.key).await?;
            Ok(response.into_bytes())
        })
        .await
    }

    async fn copy(&self, from: &ObjectAddress, to: &ObjectAddress) -> Result<(), ObjectError> {
        self.bucket_of(from)?;
        let bucket = self.bucket_of(to)?;
        let source = format!("{}/{}", from.bucket, uri_encode(&from.key, false));
        with_retries("copy", self.timeout, || async {
            copy(&self.signing(bucket).await?, &source, &to.key).await
        })
        .await
    }

    async fn delete(&self, at: &ObjectAddress) -> Result<(), ObjectError> {
        let bucket = self.bucket_of(at)?;
        let deleted = with_retries("delete", self.timeout, || async {
            self.signing(bucket).await?.delete_object(&at.key).await?;
            Ok(())
        })
        .await;
        match deleted {
            Err(ObjectError::NotFound) => Ok(()),
            other => other,
        }
    }

    async fn head(&self, at: &ObjectAddress) -> Result<Option<ObjectInfo>, ObjectError> {
        let bucket = self.bucket_of(at)?;
        let head = with_retries("head", self.timeout, || async {
            let (head, _) = self.signing(bucket).await?.head_object(&at.key).await?;
            object_info(&head)
                .ok_or_else(|| Failure::Transient("the response lacks the size or the time".to_owned()))
        })
        .await;
        match head {
            Err(ObjectError::NotFound) => Ok(None),
            other => other.map(Some),
        }
    }

    async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<String>, ObjectError> {
        let bucket = self.bucket(bucket)?;
        let mut keys = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = with_retries("list", self.timeout, || async {
                page(&self.signing(bucket).await?, prefix, token.clone(), None).await
            })
            .await?;
            keys.extend(page.contents.into_iter().map(|object| object.key));
            match page.next_continuation_token {
                Some(next) if page.is_truncated && Some(&next) != token.as_ref() => token = Some(next),
                _ if page.is_truncated => {
                    let reason = "the list has no valid continuation token";
                    return Err(ObjectError::Unavailable(reason.to_owned()));
                }
                _ => return Ok(keys),
            }
        }
    }

    async fn presign_get(&self, at: &ObjectAddress, lifetime: Duration) -> Result<String, ObjectError> {
        let bucket = self.bucket_of(at)?;
        let seconds = lifetime_seconds(lifetime)?;
        with_retries("presign get", self.timeout, || async {
            let bucket = self.signing(bucket).await?;
            Ok(bucket.presign_get(&at.key, seconds, None).await?)
        })
        .await
    }

    /// Only the `host` header is signed, so that the client may send any content type.
    async fn presign_put(&self, at: &ObjectAddress, lifetime: Duration) -> Result<String, ObjectError> {
        let bucket = self.bucket_of(at)?;
        let seconds = lifetime_seconds(lifetime)?;
        with_retries("presign put", self.timeout, || async {
            let bucket = self.signing(bucket).await?;
            Ok(bucket.presign_put(&at.key, seconds, None, None).await?)
        })
        .await
    }

    /// No retries: a health check reports the current state.
    async fn check(&self) -> Result<(), ObjectError> {
        let request = async {
            let mut bucket = self.signing(&self.public).await?;
            bucket.set_request_timeout(Some(self.timeout.min(CHECK_TIMEOUT)));
            page(&bucket, "", None, Some(1)).await
        };
        request.await.map(|_| ()).map_err(Failure::into_error)
    }
}

/// The library's own copy function works only within one bucket.
async fn copy(bucket: &Bucket, source: &str, key: &str) -> Result<(), Failure> {
    let request = ReqwestRequest::new(bucket, key, Command::CopyObject { from: source }).await?;
    let response = request.response_data(false).await?;
    let text = String::from_utf8_lossy(response.as_slice());
    // S3 sends the status 200 before it copies, so the body may contain an error.
    if text.contains("CopyObjectResult") {
        return Ok(());
    }
    Err(Failure::from_response(response.status_code(), &text))
}

async fn page(
    bucket: &Bucket,
    prefix: &str,
    token: Option<String>,
    max_keys: Option<usize>,
) -> Result<ListBucketResult, Failure> {
    let (page, _) = bucket
        .list_page(prefix.to_owned(), None, token, None, max_keys)
        .await?;
    Ok(page)
}

fn object_info(head: &HeadObjectResult) -> Option<ObjectInfo> {
    let modified = DateTime::parse_from_rfc2822(head.last_modified.as_deref()?).ok()?;
    Some(ObjectInfo {
        bytes: head.content_length?.try_into().ok()?,
        modified_at: modified.with_timezone(&Utc),
    })
}

/// Converts the lifetime of a presigned URL to seconds and checks S3's limits.
fn lifetime_seconds(lifetime: Duration) -> Result<u32, ObjectError> {
    let refused = || {
        ObjectError::Refused(
            "the lifetime of a presigned URL must be between one second and seven days".to_owned(),
        )
    };
    if lifetime < Duration::from_secs(1) || lifetime > MAX_LIFETIME {
        return Err(refused());
    }
    lifetime.as_secs().try_into().map_err(|_| refused())
}
