//! Multipart forms, streamed to disk: memory does not grow with the size or the number of files.

mod part;
mod spec;

use std::collections::HashMap;

use actix_multipart::{Multipart, MultipartError};
use actix_web::{HttpRequest, dev::Payload, error::PayloadError, web::Bytes};
use domain::FieldError;
use futures_util::{Stream, StreamExt, stream};
use tokio::time::timeout;

pub(crate) use part::Spool;
pub use part::{UploadedFile, UploadedFiles};
pub use spec::FormSpec;

use crate::{
    ApiError, FieldErrors,
    config::{BODY_IDLE_TIMEOUT, FORM_BODY_TIMEOUT},
    extract::{Fields, MediaType, content_length, media_type},
    messages::Cause,
};
use part::{FileEnd, TextEnd};
use spec::{FileSpec, TextSpec};

/// What a form brought.
#[derive(Debug)]
pub struct Form {
    /// The texts, to be read like any other fields. Files over their limit are faults in here already: read with
    /// [`Fields::finish`] or [`Fields::check`].
    pub fields: Fields,
    files: HashMap<&'static str, Files>,
}

impl Form {
    /// Takes the files of a field.
    pub fn files(&mut self, name: &str) -> Files {
        self.files.remove(name).unwrap_or_default()
    }

    /// Takes the file of a field that has one at most.
    pub fn file(&mut self, name: &str) -> Option<UploadedFile> {
        self.files(name).stored.pop()
    }
}

/// The files of one field.
#[derive(Debug, Default)]
pub struct Files {
    /// Those kept, in the order sent, each with its place.
    pub stored: UploadedFiles,
    /// How many were sent, kept or not.
    pub count: usize,
}

/// Reads a form by `spec`. Another media type is 415, a body longer than allowed 413 (by its declared length at once,
/// else as soon as it is), a malformed one 400. Fields that `spec` does not name are passed over.
pub async fn read_form(request: &HttpRequest, payload: Payload, spec: &FormSpec) -> Result<Form, ApiError> {
    if media_type(request.headers()) != MediaType::Form {
        return Err(ApiError::unsupported_media_type());
    }
    if content_length(request.headers()).is_some_and(|length| length > spec.max_total) {
        return Err(ApiError::too_large());
    }
    let body = Multipart::new(request.headers(), limited(payload, spec.max_total));
    timeout(FORM_BODY_TIMEOUT, Reader::default().read(body, spec))
        .await
        .unwrap_or_else(|_| Err(ApiError::invalid(Cause::IncompleteBody)))
}

/// The body, ended by an overflow once it is longer than `max` and by a time-out when nothing comes.
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

/// A form while it is read.
#[derive(Default)]
struct Reader {
    texts: HashMap<String, Vec<String>>,
    files: HashMap<&'static str, Files>,
    faults: FieldErrors,
}

impl Reader {
    async fn read(mut self, mut body: Multipart, spec: &FormSpec) -> Result<Form, ApiError> {
        while let Some(field) = body.next().await {
            let field = field.map_err(|error| refused(&error))?;
            let name = field.name().unwrap_or_default().to_owned();
            if let Some(text) = spec.text_named(&name) {
                self.take_text(field, text).await?;
            } else if let Some(file) = spec.file_named(&name) {
                self.take_file(field, file).await?;
            } else {
                part::skip(field).await?;
            }
        }
        let mut fields = Fields::of_texts(self.texts);
        fields.faults(self.faults);
        Ok(Form {
            fields,
            files: self.files,
        })
    }

    async fn take_text(&mut self, field: actix_multipart::Field, spec: &TextSpec) -> Result<(), ApiError> {
        let known = self.texts.entry(spec.name.to_owned()).or_default();
        if known.len() >= spec.max_count {
            self.faults.add(
                spec.name,
                FieldError::WrongCount {
                    min: 0,
                    max: spec.max_count,
                },
            );
            return part::skip(field).await;
        }
        match part::text(field, spec.max_bytes).await? {
            TextEnd::Text(text) => known.push(text),
            TextEnd::TooLong => self.faults.add(spec.name, spec.too_long.clone()),
            TextEnd::NotText => self.faults.add(spec.name, FieldError::Malformed),
        }
        Ok(())
    }

    async fn take_file(&mut self, field: actix_multipart::Field, spec: &FileSpec) -> Result<(), ApiError> {
        let files = self.files.entry(spec.name).or_default();
        let index = files.count;
        if index >= spec.max_count {
            files.count += 1;
            return part::skip(field).await;
        }
        match part::file(field, spec.max_bytes, index).await? {
            FileEnd::Kept(file) => {
                files.stored.push(file);
                files.count += 1;
            }
            FileEnd::TooLarge => {
                files.count += 1;
                self.faults.add(
                    spec.fault_name(index),
                    FieldError::ImageSize { max: spec.max_bytes },
                );
            }
            FileEnd::NoneChosen => {}
        }
        Ok(())
    }
}

/// What the multipart reader's own errors mean for the sender.
fn refused(error: &MultipartError) -> ApiError {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => ApiError::too_large(),
        MultipartError::Payload(_) => ApiError::invalid(Cause::IncompleteBody),
        _ => ApiError::invalid(Cause::MalformedForm),
    }
}
