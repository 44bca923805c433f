//! Multipart forms, streamed to disk: memory does not grow with the size or the number of files. The framework's own
//! reader (`MultipartForm`) stops at the first fault, limits files per field name only and keeps none over the limit.

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
use part::{FileEnd, TextEnd, refused};

/// The fields of a form and their limits.
#[derive(Debug, Clone)]
pub struct FormSpec {
    max_total: u64,
    parts: Vec<(&'static str, Part)>,
}

impl FormSpec {
    /// A form whose whole body has at most `max_total` bytes.
    pub fn new(max_total: u64, parts: Vec<(&'static str, Part)>) -> Self {
        Self { max_total, parts }
    }

    /// The form of a request.
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

/// Reads a form by `spec`: another media type is 415, a longer body 413 (at once when its declared length says so), a
/// malformed one 400. Other fields are ignored. Files over their limit are faults in the result.
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

/// The body, ended by an overflow after `max` bytes and by a timeout when nothing arrives.
fn limited(payload: Payload, max: u64) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    stream::unfold((payload, 0_u64), move |(mut payload, sofar)| async move {
        let item = match timeout(BODY_IDLE_TIMEOUT, payload.next()).await {
            Ok(item) => item?,
            Err(_) => Err(PayloadError::Incomplete(None)),
        };
        let sofar = item.as_ref().map_or(sofar, |bytes| sofar + bytes.len() as u64);
        let item = if sofar > max {
            Err(PayloadError::Overflow)
        } else {
            item
        };
        Some((item, (payload, sofar)))
    })
    .fuse()
}

#[derive(Default)]
struct Reader {
    texts: HashMap<String, Vec<String>>,
    files: HashMap<&'static str, Files>,
    faults: FieldErrors,
}

impl Reader {
    async fn read(mut self, mut body: Multipart, spec: &FormSpec) -> Result<Fields, ApiError> {
        while let Some(field) = body.next().await {
            let field = field.map_err(|error| refused(&error))?;
            let name = field.name().unwrap_or_default();
            match spec.parts.iter().find(|(known, _)| *known == name) {
                Some((name, part)) => self.take(field, name, part).await?,
                None => part::skip(field).await?,
            }
        }
        Ok(Fields::of_texts(self.texts).with_files(self.files, self.faults))
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
                    let fault = FieldError::WrongCount {
                        min: 0,
                        max: *max_count,
                    };
                    self.faults.add(name, fault);
                    return part::skip(field).await;
                }
                match part::text(field, *max_bytes).await? {
                    TextEnd::Text(text) => known.push(text),
                    TextEnd::TooLong => self.faults.add(name, too_long.clone()),
                    TextEnd::NotText => self.faults.add(name, FieldError::Malformed),
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
                    FileEnd::Kept(file) => {
                        files.stored.push(file);
                        files.count += 1;
                    }
                    FileEnd::TooLarge => {
                        files.count += 1;
                        let fault = FieldError::ImageSize { max: *max_bytes };
                        // A file's place is named where there can be several.
                        if *max_count == 1 {
                            self.faults.add(name, fault);
                        } else {
                            self.faults.add(format!("{name}[{index}]"), fault);
                        }
                    }
                    FileEnd::NoneChosen => {}
                }
            }
        }
        Ok(())
    }
}
