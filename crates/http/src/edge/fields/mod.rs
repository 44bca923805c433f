//! Reading the fields of a request, all faults at once.
//!
//! [`request!`](crate::request) declares a body or a query string: one struct that is read and documented. `deserr` was
//! tried instead: it cannot read numbers and lists out of a form's texts, tell null from absent, or document the limits
//! of value types, so each field would still be described twice.

mod field;
mod page;
mod request;
mod source;
mod values;

use std::collections::HashMap;

use domain::{FieldError, page::PageRequest};
use serde_json::{Map, Value};

pub use field::{Field, FieldValue, List, NonNull, Nullable, Once, OrDefault, Property, WordList, nullable};
pub use page::{PageQuery, SortedPage, TimePage};
pub use request::{Request, parameters, schema};
pub use source::{Raw, wrong};
pub use values::{ImageUpload, read_data_url};

pub(crate) use values::words;

/// Most tags a list is filtered by.
pub const MAX_FILTER_TAGS: usize = 10;

use crate::edge::{
    cursor::{self, Order},
    error::{ApiError, FieldErrors},
    error_code::ErrorCode,
    messages::Cause,
    spool::{Files, UploadedFile, UploadedFiles},
};
use source::Source;

/// The fields of one request, and what is wrong with them so far. Each field can be read once.
#[derive(Debug)]
pub struct Fields {
    source: Source,
    files: HashMap<&'static str, Files>,
    faults: FieldErrors,
    refusal: Option<ApiError>,
}

impl Fields {
    /// The fields of a text that is a JSON object.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, ApiError> {
        // The parser refuses nesting deeper than 128.
        match serde_json::from_slice(json) {
            Ok(Value::Object(object)) => Ok(Self::of_json(object)),
            Ok(_) => Err(ApiError::invalid(Cause::NotAnObject)),
            Err(_) => Err(ApiError::invalid(Cause::MalformedJson)),
        }
    }

    /// The fields of a JSON object.
    pub fn of_json(object: Map<String, Value>) -> Self {
        Self::new(Source::Json(object))
    }

    /// The fields of a form or a query string, each with one or more values.
    pub fn of_texts(texts: HashMap<String, Vec<String>>) -> Self {
        Self::new(Source::Texts(texts))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            files: HashMap::new(),
            faults: FieldErrors::new(),
            refusal: None,
        }
    }

    /// Adds the files of a form and the faults found while they came.
    pub(crate) fn with_files(mut self, files: HashMap<&'static str, Files>, faults: FieldErrors) -> Self {
        self.files.extend(files);
        self.faults.extend(faults);
        self
    }

    /// Takes a field; absent when it was sent as null.
    pub fn take(&mut self, name: &str) -> Option<Raw> {
        let file = self.files.get_mut(name).and_then(|files| files.stored.pop());
        file.map(Raw::File).or_else(|| self.source.take(name))
    }

    /// The file of a field, left in place.
    pub fn file(&self, name: &str) -> Option<&UploadedFile> {
        self.files.get(name)?.stored.first()
    }

    /// How many files a field came with, kept or not.
    pub fn file_count(&self, name: &str) -> usize {
        self.files.get(name).map_or(0, |files| files.count)
    }

    /// Takes all files of a field that were kept.
    pub fn take_files(&mut self, name: &str) -> UploadedFiles {
        self.files.remove(name).unwrap_or_default().stored
    }

    /// Whether the field was sent as null. Forms know no null.
    pub fn is_null(&self, name: &str) -> bool {
        self.source.is_null(name)
    }

    /// The text of a JSON field, left in place.
    pub(crate) fn peek_text(&self, name: &str) -> Option<&str> {
        self.source.peek_text(name)
    }

    /// The page of a list sorted by `order`. A bad cursor refuses the request with `INVALID_CURSOR`.
    pub fn page(&mut self, order: Order) -> Option<PageRequest> {
        let size = OrDefault::read(self, "limit");
        let after = match self.take("cursor").map(Raw::text) {
            None => None,
            Some(Ok(blank)) if blank.is_empty() => None,
            Some(text) => {
                let place = text.ok().and_then(|cursor| cursor::decode(&cursor, order));
                if place.is_none() {
                    self.refusal = Some(ApiError::new(ErrorCode::InvalidCursor));
                }
                Some(place?)
            }
        };
        Some(PageRequest { after, size: size?.0 })
    }

    /// Records a fault.
    pub fn fault(&mut self, name: &str, fault: FieldError) {
        self.faults.add(name, fault);
    }

    /// Records a fault under a code of its own.
    pub fn fault_as(&mut self, name: &str, fault: FieldError, code: ErrorCode) {
        self.faults.add_as(name, fault, code);
    }

    /// The value, or a fault recorded.
    pub fn keep<T>(&mut self, name: &str, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|fault| self.fault(name, fault)).ok()
    }

    /// Whether nothing is wrong so far.
    pub fn are_good(&self) -> bool {
        self.refusal.is_none() && self.faults.is_empty()
    }

    /// The value read, unless anything was wrong. A bad cursor goes before field faults.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, ApiError> {
        match (self.refusal, value) {
            (Some(error), _) => Err(error),
            (None, Some(value)) if self.faults.is_empty() => Ok(value),
            (None, _) => Err(ApiError::validation(self.faults)),
        }
    }

    /// Reads a `T`: all its faults, or it.
    pub fn read<T: Request>(mut self) -> Result<T, ApiError> {
        let value = T::read(&mut self);
        self.finish(value)
    }
}

#[cfg(test)]
mod tests;
