//! The calls of the port.

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
use crate::retry::retried;
use crate::storage::S3Storage;

/// S3's limit for presigned addresses.
const LONGEST_LIFETIME: Duration = Duration::from_hours(7 * 24);
/// Time for a check: it answers a question about now.
const CHECK_TIMEOUT: Duration = Duration::from_secs(3);

#[async_trait]
impl ObjectStorage for S3Storage {
    async fn put(&self, at: &ObjectAddress, body: ObjectBody, content_type: &str) -> Result<(), ObjectError> {
        let bucket = self.bucket_of(at)?;
        let content_type = HeaderValue::from_str(content_type)
            .map_err(|_| ObjectError::Refused("the content type cannot be sent".to_owned()))?;
        retried("put", self.timeout, || async {
            let bucket = self.signing(bucket).await?;
            put::send(&bucket, &at.key, &body, &content_type, self.timeout).await
        })
        .await
    }

    async fn get(&self, at: &ObjectAddress) -> Result<Bytes, ObjectError> {
        let bucket = self.bucket_of(at)?;
        retried("get", self.timeout, || async {
            let answer = self.signing(bucket).await?.get_object(&at.key).await?;
            Ok(answer.into_bytes())
        })
        .await
    }

    async fn copy(&self, from: &ObjectAddress, to: &ObjectAddress) -> Result<(), ObjectError> {
        self.bucket_of(from)?;
        let bucket = self.bucket_of(to)?;
        let source = format!("{}/{}", from.bucket, uri_encode(&from.key, false));
        retried("copy", self.timeout, || async {
            copy(&self.signing(bucket).await?, &source, &to.key).await
        })
        .await
    }

    async fn delete(&self, at: &ObjectAddress) -> Result<(), ObjectError> {
        let bucket = self.bucket_of(at)?;
        let deleted = retried("delete", self.timeout, || async {
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
        let head = retried("head", self.timeout, || async {
            let (head, _) = self.signing(bucket).await?.head_object(&at.key).await?;
            info_of(&head).ok_or_else(|| Failure::Passing("it told neither size nor time".to_owned()))
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
            let page = retried("list", self.timeout, || async {
                page(&self.signing(bucket).await?, prefix, token.clone(), None).await
            })
            .await?;
            keys.extend(page.contents.into_iter().map(|object| object.key));
            match page.next_continuation_token {
                Some(next) if page.is_truncated && Some(&next) != token.as_ref() => token = Some(next),
                _ if page.is_truncated => {
                    let reason = "it does not say where its list goes on";
                    return Err(ObjectError::Unavailable(reason.to_owned()));
                }
                _ => return Ok(keys),
            }
        }
    }

    async fn presign_get(&self, at: &ObjectAddress, lifetime: Duration) -> Result<String, ObjectError> {
        let bucket = self.bucket_of(at)?;
        let seconds = seconds(lifetime)?;
        retried("presign get", self.timeout, || async {
            let bucket = self.signing(bucket).await?;
            Ok(bucket.presign_get(&at.key, seconds, None).await?)
        })
        .await
    }

    /// Only `host` is signed, so that the writer may send any content type.
    async fn presign_put(&self, at: &ObjectAddress, lifetime: Duration) -> Result<String, ObjectError> {
        let bucket = self.bucket_of(at)?;
        let seconds = seconds(lifetime)?;
        retried("presign put", self.timeout, || async {
            let bucket = self.signing(bucket).await?;
            Ok(bucket.presign_put(&at.key, seconds, None, None).await?)
        })
        .await
    }

    /// One attempt, and no longer than three seconds.
    async fn check(&self) -> Result<(), ObjectError> {
        let asked = async {
            let mut bucket = self.signing(&self.public).await?;
            bucket.set_request_timeout(Some(self.timeout.min(CHECK_TIMEOUT)));
            page(&bucket, "", None, Some(1)).await
        };
        asked.await.map(|_| ()).map_err(Failure::into_error)
    }
}

/// The library's own copy stays inside one bucket.
async fn copy(bucket: &Bucket, source: &str, key: &str) -> Result<(), Failure> {
    let request = ReqwestRequest::new(bucket, key, Command::CopyObject { from: source }).await?;
    let answer = request.response_data(false).await?;
    let text = String::from_utf8_lossy(answer.as_slice());
    // S3 answers 200 before it begins, so that a failure may come in the body.
    if text.contains("CopyObjectResult") {
        return Ok(());
    }
    Err(Failure::answer(answer.status_code(), &text))
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

fn info_of(head: &HeadObjectResult) -> Option<ObjectInfo> {
    let modified = DateTime::parse_from_rfc2822(head.last_modified.as_deref()?).ok()?;
    Some(ObjectInfo {
        bytes: head.content_length?.try_into().ok()?,
        modified_at: modified.with_timezone(&Utc),
    })
}

/// Whole seconds of a lifetime that a presigned address may have.
fn seconds(lifetime: Duration) -> Result<u32, ObjectError> {
    let refused = || ObjectError::Refused("a presigned address lives one second to seven days".to_owned());
    if lifetime < Duration::from_secs(1) || lifetime > LONGEST_LIFETIME {
        return Err(refused());
    }
    lifetime.as_secs().try_into().map_err(|_| refused())
}
