//! Reads request bodies: media type, body limit and timeouts.

use actix_web::{
    HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::edge::{
    config::{BODY_IDLE_TIMEOUT, JSON_BODY_TIMEOUT},
    error::ApiError,
    error_code::ErrorCode,
    messages::Cause,
};

/// Body limit for JSON.
pub const MAX_JSON_BYTES: usize = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    Json,
    Form,
    /// Another type, or none.
    Other,
}

/// The media type in `Content-Type`.
pub fn media_type(headers: &HeaderMap) -> MediaType {
    let essence = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(str::trim)
        .unwrap_or_default();
    if essence.eq_ignore_ascii_case("application/json") {
        MediaType::Json
    } else if essence.eq_ignore_ascii_case("multipart/form-data") {
        MediaType::Form
    } else {
        MediaType::Other
    }
}

/// Reads a JSON body of at most `max_bytes` without parsing it.
pub(crate) async fn read_body(
    request: &HttpRequest,
    payload: Payload,
    max_bytes: usize,
) -> Result<BytesMut, ApiError> {
    expect_json(request, max_bytes)?;
    timeout(JSON_BODY_TIMEOUT, collect(payload, max_bytes))
        .await
        .unwrap_or_else(|_| Err(ApiError::invalid(Cause::IncompleteBody)))
}

/// Rejects media types other than JSON, and a `Content-Length` over `max_bytes`.
pub(crate) fn expect_json(request: &HttpRequest, max_bytes: usize) -> Result<(), ApiError> {
    if media_type(request.headers()) != MediaType::Json {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    if content_length(request.headers()).is_some_and(|length| length > max_bytes as u64) {
        return Err(ErrorCode::PayloadTooLarge.into());
    }
    Ok(())
}

pub(crate) fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(payload: Payload, max_bytes: usize) -> Result<BytesMut, ApiError> {
    let mut body = BytesMut::new();
    let mut chunks = chunks(payload, max_bytes);
    while let Some(chunk) = chunks.next().await? {
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The chunks of a body of at most `max_bytes`. Each must arrive within [`BODY_IDLE_TIMEOUT`] of the previous one.
pub(crate) fn chunks(payload: Payload, max_bytes: usize) -> Chunks {
    Chunks {
        payload,
        remaining: max_bytes,
    }
}

pub(crate) struct Chunks {
    payload: Payload,
    remaining: usize,
}

impl Chunks {
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        let incomplete = || ApiError::invalid(Cause::IncompleteBody);
        let next = timeout(BODY_IDLE_TIMEOUT, self.payload.next())
            .await
            .map_err(|_| incomplete())?;
        let Some(chunk) = next else {
            return Ok(None);
        };
        let chunk = chunk.map_err(|_| incomplete())?;
        self.remaining = self
            .remaining
            .checked_sub(chunk.len())
            .ok_or(ErrorCode::PayloadTooLarge)?;
        Ok(Some(chunk))
    }
}
