//! Reads one part of a form.

use actix_multipart::{Field, MultipartError};
use actix_web::{error::PayloadError, web::Bytes};
use futures_util::StreamExt;

use crate::edge::{
    error::ApiError,
    error_code::ErrorCode,
    messages::Cause,
    spool::{Spool, UploadedFile},
};

pub(super) enum TextResult {
    Text(String),
    TooLong,
    /// Not UTF-8.
    NotText,
}

pub(super) enum FileResult {
    Stored(UploadedFile),
    TooLarge,
    /// Empty and without a file name: browsers send this for an empty file input.
    NoFile,
}

/// Reads a part and discards it.
pub(super) async fn skip(mut field: Field) -> Result<(), ApiError> {
    while next(&mut field).await?.is_some() {}
    Ok(())
}

pub(super) async fn text(mut field: Field, max_bytes: usize) -> Result<TextResult, ApiError> {
    let mut text = Vec::new();
    while let Some(chunk) = next(&mut field).await? {
        if text.len() + chunk.len() > max_bytes {
            skip(field).await?;
            return Ok(TextResult::TooLong);
        }
        text.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8(text).map_or(TextResult::NotText, TextResult::Text))
}

/// Spools a file to disk. A file over the limit is deleted and the rest of the part is discarded.
pub(super) async fn file(mut field: Field, max_bytes: u64, index: usize) -> Result<FileResult, ApiError> {
    let named = field
        .content_disposition()
        .and_then(|disposition| disposition.get_filename())
        .is_some_and(|name| !name.is_empty());
    let mut file = Spool::create().await?;
    while let Some(chunk) = next(&mut field).await? {
        if file.bytes + chunk.len() as u64 > max_bytes {
            drop(file);
            skip(field).await?;
            return Ok(FileResult::TooLarge);
        }
        file.write(&chunk).await?;
    }
    if file.bytes == 0 && !named {
        return Ok(FileResult::NoFile);
    }
    file.finish(index).await.map(FileResult::Stored)
}

async fn next(field: &mut Field) -> Result<Option<Bytes>, ApiError> {
    field
        .next()
        .await
        .transpose()
        .map_err(|error| to_api_error(&error))
}

pub(super) fn to_api_error(error: &MultipartError) -> ApiError {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => ErrorCode::PayloadTooLarge.into(),
        MultipartError::Payload(_) => ApiError::invalid(Cause::IncompleteBody),
        _ => ApiError::invalid(Cause::MalformedForm),
    }
}
