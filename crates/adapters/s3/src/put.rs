//! Uploads: an object is streamed to a presigned URL, so it is neither hashed nor kept in memory.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use domain::object::ObjectBody;
use reqwest::Body;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use s3::Bucket;
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use crate::failure::Failure;

/// Lifetime of the presigned URL: the same as that of a signed request.
const URL_LIFETIME_SECONDS: u32 = 15 * 60;
/// Size of the buffer for reading a file.
const CHUNK_BYTES: usize = 64 * 1024;

/// One attempt. Each attempt opens the file again and sends it from the start.
pub(crate) async fn send(
    bucket: &Bucket,
    key: &str,
    body: &ObjectBody,
    content_type: &HeaderValue,
    timeout: Duration,
) -> Result<(), Failure> {
    let (body, length) = open(body).await?;
    let url = bucket.presign_put(key, URL_LIFETIME_SECONDS, None, None).await?;
    let response = bucket
        .http_client()
        .put(url)
        .header(CONTENT_TYPE, content_type)
        .header(CONTENT_LENGTH, length)
        .timeout(timeout + Duration::from_secs(length >> 20))
        .body(body)
        .send()
        .await?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    // If the body cannot be read, the status alone is reported.
    let text = response.text().await.unwrap_or_default();
    Err(Failure::from_response(status.as_u16(), &text))
}

/// The body with its length in bytes.
async fn open(body: &ObjectBody) -> Result<(Body, u64), Failure> {
    match body {
        ObjectBody::Bytes(bytes) => Ok((Body::from(bytes.clone()), bytes.len() as u64)),
        ObjectBody::File(path) => {
            let (file, length) = open_file(path).await.map_err(|kind| unreadable(path, kind))?;
            // If the file grows during the upload, only the announced length is sent.
            let stream = ReaderStream::with_capacity(file.take(length), CHUNK_BYTES);
            Ok((Body::wrap_stream(stream), length))
        }
    }
}

async fn open_file(path: &Path) -> Result<(File, u64), ErrorKind> {
    let file = File::open(path).await.map_err(|error| error.kind())?;
    let metadata = file.metadata().await.map_err(|error| error.kind())?;
    if metadata.is_dir() {
        return Err(ErrorKind::IsADirectory);
    }
    Ok((file, metadata.len()))
}

fn unreadable(path: &Path, kind: ErrorKind) -> Failure {
    Failure::refused(format!("the file {} cannot be read: {kind}", path.display()))
}
