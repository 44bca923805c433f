//! Reads bodies with an image: a form with a file, or JSON with a `data:` URL. Large JSON bodies are spooled to disk and
//! parsed one at a time to limit memory use.

use actix_web::{
    HttpRequest,
    dev::Payload,
    web::{self, BytesMut},
};
use tokio::{sync::Semaphore, time::timeout};

use crate::edge::{
    body::{MAX_JSON_BYTES, MediaType, chunks, expect_json, media_type},
    config::JSON_BODY_TIMEOUT,
    error::{ApiError, FieldErrors},
    error_code::ErrorCode,
    fields::{Fields, Request, read_data_url},
    messages::Cause,
    multipart::{FormSpec, read_form},
    spool::{Files, Spool, UploadedFile},
};

/// Reads a form or a JSON object of at most `max_bytes`. `image` is the field with the image.
pub async fn read_upload<T: Request>(
    request: &HttpRequest,
    payload: web::Payload,
    image: &'static str,
    max_bytes: usize,
) -> Result<Fields, ApiError> {
    let payload = payload.into_inner();
    if media_type(request.headers()) == MediaType::Form {
        read_form(request, payload, &FormSpec::of::<T>(max_bytes as u64)).await
    } else {
        read_json(request, payload, image, max_bytes).await
    }
}

/// At most one large JSON body is in memory.
static PARSE_PERMIT: Semaphore = Semaphore::const_new(1);

/// An invalid `data:` URL remains in its field, so that reading the field reports the error.
async fn read_json(
    request: &HttpRequest,
    payload: Payload,
    image: &'static str,
    max_bytes: usize,
) -> Result<Fields, ApiError> {
    expect_json(request, max_bytes)?;
    let body = timeout(JSON_BODY_TIMEOUT, receive(payload, max_bytes))
        .await
        .unwrap_or_else(|_| Err(ApiError::invalid(Cause::IncompleteBody)))?;
    // The semaphore is never closed.
    let _permit = PARSE_PERMIT.acquire().await.map_err(ApiError::internal)?;
    let (mut fields, length) = match body {
        Body::Memory(json) => (Fields::parse(&json)?, json.len()),
        Body::Disk(file) => {
            let json = tokio::fs::read(file.path()).await;
            let json = json.map_err(ApiError::internal)?;
            (Fields::parse(&json)?, json.len())
        }
    };
    // The other fields stay in memory after the permit is released, so they have the limit of any JSON body.
    let others = length.saturating_sub(fields.peek_text(image).map_or(0, str::len));
    if others > MAX_JSON_BYTES {
        return Err(ErrorCode::PayloadTooLarge.into());
    }
    let Some(Ok(content)) = fields.peek_text(image).map(read_data_url) else {
        return Ok(fields);
    };
    fields.take(image);
    let mut file = Spool::create().await?;
    file.write(&content).await?;
    let mut files = Files::default();
    files.stored.push(file.finish(0).await?);
    Ok(fields.with_files([(image, files)].into(), FieldErrors::new()))
}

enum Body {
    Memory(BytesMut),
    Disk(UploadedFile),
}

async fn receive(payload: Payload, max_bytes: usize) -> Result<Body, ApiError> {
    let mut buffer = BytesMut::new();
    let mut spool: Option<Spool> = None;
    let mut chunks = chunks(payload, max_bytes);
    while let Some(chunk) = chunks.next().await? {
        match &mut spool {
            Some(file) => file.write(&chunk).await?,
            None if buffer.len() + chunk.len() <= MAX_JSON_BYTES => buffer.extend_from_slice(&chunk),
            None => {
                let mut file = Spool::create().await?;
                file.write(&buffer).await?;
                file.write(&chunk).await?;
                spool = Some(file);
                buffer = BytesMut::new();
            }
        }
    }
    Ok(match spool {
        Some(file) => Body::Disk(file.finish(0).await?),
        None => Body::Memory(buffer),
    })
}
