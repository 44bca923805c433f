//! Reads multipart forms and spools their files to disk, so that memory use does not depend on the size or number of
//! files. `MultipartForm` of actix is not used: it stops at the first error and does not count files over the limit.

mod part;

use std::collections::HashMap;

use actix_multipart::{Field, Multipart};
use actix_web::{HttpRequest, dev::Payload, error::PayloadError, web::Bytes};
use domain::FieldError;
use futures_util::{Stream, StreamExt, stream};
use tokio::time::timeout;

use crate::edge::{
    body::{MediaType, content_length, media_type},
    config::{BODY_IDLE_TIMEOUT, FORM_BODY_TIMEOUT},
    error::{ApiError, FieldErrors},
    error_code::ErrorCode,
    fields::{Fields, Request},
    form_part::Part,
    messages::Cause,
    spool::Files,
};
use part::{FileResult, TextResult, to_api_error};

/// The fields of a form and their limits.
#[derive(Debug, Clone)]
pub struct FormSpec {
    max_total: u64,
    parts: Vec<(&'static str, Part)>,
}

impl FormSpec {
    /// `max_total`: the body limit in bytes.
    pub fn new(max_total: u64, parts: Vec<(&'static str, Part)>) -> Self {
        Self { max_total, parts }
    }

    pub fn of<T: Request>(max_total: u64) -> Self {
        let properties = T::properties().into_iter();
        Self::new(
            max_total,
            properties
                .map(|property| (property.name, property.part))
                .collect(),
        )
    }
}

/// Reads a form. 415 for another media type, 413 for a body over the limit (immediately if `Content-Length` exceeds it),
/// 400 for a malformed form. Unknown fields are ignored. Files over their limit are field errors in the result.
pub async fn read_form(request: &HttpRequest, payload: Payload, spec: &FormSpec) -> Result<Fields, ApiError> {
    if media_type(request.headers()) != MediaType::Form {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    if content_length(request.headers()).is_some_and(|length| length > spec.max_total) {
        return Err(ErrorCode::PayloadTooLarge.into());
    }
    let body = Multipart::new(request.headers(), limited(payload, spec.max_total));
    timeout(FORM_BODY_TIMEOUT, Reader::default().read(body, spec))
        .await
        .unwrap_or_else(|_| Err(ApiError::invalid(Cause::IncompleteBody)))
}

/// Applies the body limit and the idle timeout.
fn limited(payload: Payload, max: u64) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    stream::unfold((payload, 0_u64), move |(mut payload, received)| async move {
        let item = match timeout(BODY_IDLE_TIMEOUT, payload.next()).await {
            Ok(item) => item?,
            Err(_) => Err(PayloadError::Incomplete(None)),
        };
        let received = item
            .as_ref()
            .map_or(received, |bytes| received + bytes.len() as u64);
        let item = if received > max {
            Err(PayloadError::Overflow)
        } else {
            item
        };
        Some((item, (payload, received)))
    })
    .fuse()
}

#[derive(Default)]
struct Reader {
    texts: HashMap<String, Vec<String>>,
    files: HashMap<&'static str, Files>,
    errors: FieldErrors,
}

impl Reader {
    async fn read(mut self, mut body: Multipart, spec: &FormSpec) -> Result<Fields, ApiError> {
        while let Some(field) = body.next().await {
            let field = field.map_err(|error| to_api_error(&error))?;
            let name = field.name().unwrap_or_default();
            match spec.parts.iter().find(|(known, _)| *known == name) {
                Some((name, part)) => self.take(field, name, part).await?,
                None => part::skip(field).await?,
            }
        }
        Ok(Fields::of_texts(self.texts).with_files(self.files, self.errors))
    }

    async fn take(&mut self, field: Field, name: &'static str, part: &Part) -> Result<(), ApiError> {
        match part {
            Part::Text {
                max_bytes,
                max_count,
                too_long,
            } => {
                let known = self.texts.entry(name.to_owned()).or_default();
                if known.len() >= *max_count {
                    let error = FieldError::WrongCount {
                        min: 0,
                        max: *max_count,
                    };
                    self.errors.add(name, error);
                    return part::skip(field).await;
                }
                match part::text(field, *max_bytes).await? {
                    TextResult::Text(text) => known.push(text),
                    TextResult::TooLong => self.errors.add(name, too_long.clone()),
                    TextResult::NotText => self.errors.add(name, FieldError::Malformed),
                }
            }
            Part::File { max_bytes, max_count } => {
                let files = self.files.entry(name).or_default();
                let index = files.count;
                if index >= *max_count {
                    files.count += 1;
                    return part::skip(field).await;
                }
                match part::file(field, *max_bytes, index).await? {
                    FileResult::Stored(file) => {
                        files.stored.push(file);
                        files.count += 1;
                    }
                    FileResult::TooLarge => {
                        files.count += 1;
                        let error = FieldError::ImageSize { max: *max_bytes };
                        // The index of the file, unless the field has one file only.
                        if *max_count == 1 {
                            self.errors.add(name, error);
                        } else {
                            self.errors.add(format!("{name}[{index}]"), error);
                        }
                    }
                    FileResult::NoFile => {}
                }
            }
        }
        Ok(())
    }
}
