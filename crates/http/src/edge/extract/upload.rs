//! Bodies with an image in them: a form with a file, or JSON with a `data:` URL. JSON of megabytes is spooled to disk and
//! parsed one body at a time, so that many at once do not fill the memory.

use actix_web::{
    HttpRequest,
    dev::Payload,
    web::{self, BytesMut},
};
use tokio::{sync::Semaphore, time::timeout};

use crate::edge::{
    body::{MAX_JSON_BYTES, MediaType, expect_json, media_type, pieces},
    config::JSON_BODY_TIMEOUT,
    error::{ApiError, FieldErrors},
    error_code::ErrorCode,
    fields::{Fields, Request, read_data_url},
    messages::Cause,
    multipart::{FormSpec, read_form},
    spool::{Files, Spool, UploadedFile},
};

/// Reads the fields of a form, or those of a JSON object whose field `image` is a `data:` URL, of at most `max_bytes`.
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

/// One body at a time is in memory.
static IN_MEMORY: Semaphore = Semaphore::const_new(1);

/// A field that holds no good `data:` URL is left in place: read as an image, it says why.
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
    let _turn = IN_MEMORY.acquire().await.map_err(ApiError::internal)?;
    let (mut fields, length) = match body {
        Body::Short(json) => (Fields::parse(&json)?, json.len()),
        Body::Long(file) => {
            let json = tokio::fs::read(file.path()).await;
            let json = json.map_err(ApiError::internal)?;
            (Fields::parse(&json)?, json.len())
        }
    };
    // All but the image stays in memory after this turn, so it may be no longer than any other body.
    let others = length.saturating_sub(fields.peek_text(image).map_or(0, str::len));
    if others > MAX_JSON_BYTES {
        return Err(ErrorCode::PayloadTooLarge.into());
    }
    let Some(Ok(content)) = fields.peek_text(image).map(read_data_url) else {
        return Ok(fields);
    };
    fields.take(image);
    let mut file = Spool::begin().await?;
    file.write(&content).await?;
    let mut files = Files::default();
    files.stored.push(file.end(0).await?);
    Ok(fields.with_files([(image, files)].into(), FieldErrors::new()))
}

enum Body {
    Short(BytesMut),
    Long(UploadedFile),
}

async fn receive(payload: Payload, max_bytes: usize) -> Result<Body, ApiError> {
    let mut short = BytesMut::new();
    let mut long: Option<Spool> = None;
    let mut pieces = pieces(payload, max_bytes);
    while let Some(piece) = pieces.next().await? {
        match &mut long {
            Some(file) => file.write(&piece).await?,
            None if short.len() + piece.len() <= MAX_JSON_BYTES => short.extend_from_slice(&piece),
            None => {
                let mut file = Spool::begin().await?;
                file.write(&short).await?;
                file.write(&piece).await?;
                long = Some(file);
                short = BytesMut::new();
            }
        }
    }
    Ok(match long {
        Some(file) => Body::Long(file.end(0).await?),
        None => Body::Short(short),
    })
}
