//! Sending an object: streamed to a presigned address, so that neither hashing nor memory grows with its size.

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

/// How long the address of a put of our own is valid: as long as a signed request would be.
const SIGNED_SECONDS: u32 = 15 * 60;
/// How much of a file is in memory at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// One attempt; a file is opened anew and sent from its start.
pub(crate) async fn send(
    bucket: &Bucket,
    key: &str,
    body: &ObjectBody,
    content_type: &HeaderValue,
    timeout: Duration,
) -> Result<(), Failure> {
    let (body, length) = open(body).await?;
    let address = bucket.presign_put(key, SIGNED_SECONDS, None, None).await?;
    let response = bucket
        .http_client()
        .put(address)
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
    // Without a body the number alone has to do.
    let answer = response.text().await.unwrap_or_default();
    Err(Failure::answer(status.as_u16(), &answer))
}

/// The body with its length in bytes.
async fn open(body: &ObjectBody) -> Result<(Body, u64), Failure> {
    match body {
        ObjectBody::Bytes(bytes) => Ok((Body::from(bytes.clone()), bytes.len() as u64)),
        ObjectBody::File(path) => {
            let (file, length) = open_file(path).await.map_err(|kind| unreadable(path, kind))?;
            // Should the file grow meanwhile, what was promised is sent.
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
