//! JSON bodies.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;
use serde_json::Value;
use tokio::time::timeout;

use super::{Fields, FromFields};
use crate::{
    ApiError,
    config::{BODY_IDLE_TIMEOUT, JSON_BODY_TIMEOUT},
    messages::Cause,
};

/// Longest JSON body, in bytes. Bodies with a data URL have a limit of their own: see [`read_json`].
pub const MAX_JSON_BYTES: usize = 64 * 1024;

/// A `T` read from a JSON object of at most 64 KiB.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: FromFields + 'static> FromRequest for JsonBody<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            read_json(&request, payload, MAX_JSON_BYTES)
                .await?
                .read()
                .map(Self)
        })
    }
}

/// What a body says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`.
    Json,
    /// `multipart/form-data`.
    Form,
    /// Anything else, or nothing.
    Other,
}

/// The media type of a request's body.
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

/// Reads the fields of a JSON object of at most `max_bytes`: another media type is 415, a longer body 413, anything
/// that is no JSON object 400.
pub async fn read_json(
    request: &HttpRequest,
    payload: Payload,
    max_bytes: usize,
) -> Result<Fields, ApiError> {
    Fields::parse(&read_body(request, payload, max_bytes).await?)
}

/// Reads a body of at most `max_bytes` that says it is JSON, unparsed.
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

/// Refuses a body that does not say it is JSON, or says that it is longer than `max_bytes`.
pub(super) fn expect_json(request: &HttpRequest, max_bytes: usize) -> Result<(), ApiError> {
    if media_type(request.headers()) != MediaType::Json {
        return Err(ApiError::unsupported_media_type());
    }
    if content_length(request.headers()).is_some_and(|length| length > max_bytes as u64) {
        return Err(ApiError::too_large());
    }
    Ok(())
}

impl Fields {
    /// The fields of a text that is a JSON object.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, ApiError> {
        // Nesting deeper than 128 is refused by the parser.
        match serde_json::from_slice(json) {
            Ok(Value::Object(object)) => Ok(Self::of_json(object)),
            Ok(_) => Err(ApiError::invalid(Cause::NotAnObject)),
            Err(_) => Err(ApiError::invalid(Cause::MalformedJson)),
        }
    }
}

/// The length a request claims.
pub(crate) fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(payload: Payload, max_bytes: usize) -> Result<BytesMut, ApiError> {
    let mut body = BytesMut::new();
    let mut pieces = pieces(payload, max_bytes);
    while let Some(piece) = pieces.next().await? {
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// The pieces of a body of at most `max_bytes`, none long after the one before.
pub(super) fn pieces(payload: Payload, max_bytes: usize) -> Pieces {
    Pieces {
        payload,
        left: max_bytes,
    }
}

pub(super) struct Pieces {
    payload: Payload,
    left: usize,
}

impl Pieces {
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        let incomplete = || ApiError::invalid(Cause::IncompleteBody);
        let next = timeout(BODY_IDLE_TIMEOUT, self.payload.next())
            .await
            .map_err(|_| incomplete())?;
        let Some(piece) = next else {
            return Ok(None);
        };
        let piece = piece.map_err(|_| incomplete())?;
        self.left = self
            .left
            .checked_sub(piece.len())
            .ok_or_else(ApiError::too_large)?;
        Ok(Some(piece))
    }
}
