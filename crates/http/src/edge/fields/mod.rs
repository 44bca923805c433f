//! Reads the fields of a request and reports all field errors together.
//!
//! [`request!`](crate::request) declares a body or a query string. The struct is both the parser and the documentation.
//! `deserr` is not used: it does not parse numbers and lists in form fields, does not distinguish null from absent, and
//! does not document the limits of value types, so each field would have to be described twice.

mod field;
mod page;
mod request;
mod source;
mod values;

use std::collections::HashMap;

use domain::{FieldError, page::PageRequest};
use serde_json::{Map, Value};

pub use field::{
    CommaSeparated, Field, FieldValue, List, NonNull, Nullable, OrDefault, Property, SingleParam, nullable,
};
pub use page::{PageQuery, SortedPage, TimePage};
pub use request::{Request, parameters, schema};
pub use source::{Raw, wrong_type};
pub use values::{ImageUpload, read_data_url};

pub(crate) use values::string_enum;

/// Maximum number of tags in a filter.
pub const MAX_FILTER_TAGS: usize = 10;

use crate::edge::{
    cursor::{self, Order},
    error::{ApiError, FieldErrors},
    error_code::ErrorCode,
    messages::Cause,
    spool::{Files, UploadedFile, UploadedFiles},
};
use source::Source;

/// The fields of one request and the errors found so far. Each field can be read once.
#[derive(Debug)]
pub struct Fields {
    source: Source,
    files: HashMap<&'static str, Files>,
    errors: FieldErrors,
    rejection: Option<ApiError>,
}

impl Fields {
    pub(crate) fn parse(json: &[u8]) -> Result<Self, ApiError> {
        // The parser rejects nesting deeper than 128.
        match serde_json::from_slice(json) {
            Ok(Value::Object(object)) => Ok(Self::of_json(object)),
            Ok(_) => Err(ApiError::invalid(Cause::NotAnObject)),
            Err(_) => Err(ApiError::invalid(Cause::MalformedJson)),
        }
    }

    pub fn of_json(object: Map<String, Value>) -> Self {
        Self::new(Source::Json(object))
    }

    /// Fields of a form or a query string; each has one or more values.
    pub fn of_texts(texts: HashMap<String, Vec<String>>) -> Self {
        Self::new(Source::Texts(texts))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            files: HashMap::new(),
            errors: FieldErrors::new(),
            rejection: None,
        }
    }

    /// Adds the files of a form and the errors found while they were received.
    pub(crate) fn with_files(mut self, files: HashMap<&'static str, Files>, errors: FieldErrors) -> Self {
        self.files.extend(files);
        self.errors.extend(errors);
        self
    }

    /// Takes a field. `None` if it is absent or null.
    pub fn take(&mut self, name: &str) -> Option<Raw> {
        let file = self.files.get_mut(name).and_then(|files| files.stored.pop());
        file.map(Raw::File).or_else(|| self.source.take(name))
    }

    /// The file of a field, without taking it.
    pub fn file(&self, name: &str) -> Option<&UploadedFile> {
        self.files.get(name)?.stored.first()
    }

    /// Number of files sent in a field, including those that were not stored.
    pub fn file_count(&self, name: &str) -> usize {
        self.files.get(name).map_or(0, |files| files.count)
    }

    /// Takes the stored files of a field.
    pub fn take_files(&mut self, name: &str) -> UploadedFiles {
        self.files.remove(name).unwrap_or_default().stored
    }

    /// Whether the field was sent as null. Forms have no null.
    pub fn is_null(&self, name: &str) -> bool {
        self.source.is_null(name)
    }

    /// The string in a JSON field, without taking it.
    pub(crate) fn peek_text(&self, name: &str) -> Option<&str> {
        self.source.peek_text(name)
    }

    /// Reads `limit` and `cursor`. An invalid cursor rejects the request with `INVALID_CURSOR`.
    pub fn page(&mut self, order: Order) -> Option<PageRequest> {
        let size = OrDefault::read(self, "limit");
        let after = match self.take("cursor").map(Raw::text) {
            None => None,
            Some(Ok(blank)) if blank.is_empty() => None,
            Some(text) => {
                let position = text.ok().and_then(|cursor| cursor::decode(&cursor, order));
                if position.is_none() {
                    self.rejection = Some(ApiError::new(ErrorCode::InvalidCursor));
                }
                Some(position?)
            }
        };
        Some(PageRequest { after, size: size?.0 })
    }

    pub fn add_error(&mut self, name: &str, error: FieldError) {
        self.errors.add(name, error);
    }

    pub fn add_error_with_code(&mut self, name: &str, error: FieldError, code: ErrorCode) {
        self.errors.add_with_code(name, error, code);
    }

    /// Returns the value, or records the error.
    pub fn record<T>(&mut self, name: &str, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|error| self.add_error(name, error)).ok()
    }

    pub fn is_valid(&self) -> bool {
        self.rejection.is_none() && self.errors.is_empty()
    }

    /// Returns the value unless there was an error. An invalid cursor takes precedence over field errors.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, ApiError> {
        match (self.rejection, value) {
            (Some(error), _) => Err(error),
            (None, Some(value)) if self.errors.is_empty() => Ok(value),
            (None, _) => Err(ApiError::validation(self.errors)),
        }
    }

    pub fn read<T: Request>(mut self) -> Result<T, ApiError> {
        let value = T::read(&mut self);
        self.finish(value)
    }
}

#[cfg(test)]
mod tests;
