//! Reading one part of a form.

use actix_multipart::{Field, MultipartError};
use actix_web::{error::PayloadError, web::Bytes};
use futures_util::StreamExt;

use crate::edge::{
    error::ApiError,
    error_code::ErrorCode,
    messages::Cause,
    spool::{Spool, UploadedFile},
};

pub(super) enum TextEnd {
    Text(String),
    TooLong,
    /// Not UTF-8.
    NotText,
}

pub(super) enum FileEnd {
    Kept(UploadedFile),
    TooLarge,
    /// Empty and without a name: what a browser sends for an unused file input.
    NoneChosen,
}

/// Reads a part and discards it.
pub(super) async fn skip(mut field: Field) -> Result<(), ApiError> {
    while next(&mut field).await?.is_some() {}
    Ok(())
}

pub(super) async fn text(mut field: Field, max_bytes: usize) -> Result<TextEnd, ApiError> {
    let mut text = Vec::new();
    while let Some(chunk) = next(&mut field).await? {
        if text.len() + chunk.len() > max_bytes {
            skip(field).await?;
            return Ok(TextEnd::TooLong);
        }
        text.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8(text).map_or(TextEnd::NotText, TextEnd::Text))
}

/// Writes a file to disk while it arrives. One over its limit is deleted and the rest of it discarded.
pub(super) async fn file(mut field: Field, max_bytes: u64, index: usize) -> Result<FileEnd, ApiError> {
    let named = field
        .content_disposition()
        .and_then(|disposition| disposition.get_filename())
        .is_some_and(|name| !name.is_empty());
    let mut file = Spool::begin().await?;
    while let Some(chunk) = next(&mut field).await? {
        if file.bytes + chunk.len() as u64 > max_bytes {
            drop(file);
            skip(field).await?;
            return Ok(FileEnd::TooLarge);
        }
        file.write(&chunk).await?;
    }
    if file.bytes == 0 && !named {
        return Ok(FileEnd::NoneChosen);
    }
    file.end(index).await.map(FileEnd::Kept)
}

async fn next(field: &mut Field) -> Result<Option<Bytes>, ApiError> {
    field.next().await.transpose().map_err(|error| refused(&error))
}

/// The response to an error of the multipart reader.
pub(super) fn refused(error: &MultipartError) -> ApiError {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => ErrorCode::PayloadTooLarge.into(),
        MultipartError::Payload(_) => ApiError::invalid(Cause::IncompleteBody),
        _ => ApiError::invalid(Cause::MalformedForm),
    }
}
