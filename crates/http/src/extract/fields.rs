//! A reader of fields that remembers every fault.
//!
//! ```text
//! fn from_fields(fields: &mut Fields) -> Option<Self> {
//!     let name = fields.required("name", StyleName::parse);
//!     let price = fields.required_integer("generation_cost_tokens", GenerationPrice::new);
//!     let bio = fields.optional("bio", Bio::parse);
//!     Some(Self { name: name?, price: cost?, bio })
//! }
//! ```

use std::collections::HashMap;

use domain::{
    FieldError,
    page::{PageRequest, PageSize},
};
use serde_json::{Map, Value};

use super::source::{Raw, Source};
use crate::{
    ApiError, ErrorCode, FieldErrors,
    cursor::{self, Order},
};

/// Something read from fields. Read all of them first, then put the value together: `None` needs no fault of its own
/// when one was recorded on the way.
pub trait FromFields: Sized {
    /// Reads the fields; unknown ones are left alone.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// The fields of one request, and what is wrong with them so far. Each field can be read once.
#[derive(Debug)]
pub struct Fields {
    source: Source,
    faults: FieldErrors,
    refusal: Option<ApiError>,
}

impl Fields {
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
            faults: FieldErrors::new(),
            refusal: None,
        }
    }

    /// Whether the field was sent as null: for changes that take a value away. Forms know no null.
    pub fn is_null(&self, name: &str) -> bool {
        self.source.is_null(name)
    }

    /// Records a fault when the field was sent as null: its value can be changed and not taken away.
    pub fn refuse_null(&mut self, name: &str) {
        if self.is_null(name) {
            self.fault(name, FieldError::Required);
        }
    }

    /// A text, checked by `parse`. Missing or null is a fault.
    pub fn required<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, FieldError>,
    ) -> Option<T> {
        self.must(name, |raw| parse(&raw.text()?))
    }

    /// A text, checked by `parse`, or nothing.
    pub fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, FieldError>,
    ) -> Option<T> {
        self.may(name, |raw| parse(&raw.text()?))
    }

    /// Any text.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.may(name, Raw::text)
    }

    /// A whole number, checked by `make`. Missing or null is a fault.
    pub fn required_integer<T>(
        &mut self,
        name: &str,
        make: impl FnOnce(i64) -> Result<T, FieldError>,
    ) -> Option<T> {
        self.must(name, |raw| make(raw.integer()?))
    }

    /// A whole number, checked by `make`, or nothing.
    pub fn optional_integer<T>(
        &mut self,
        name: &str,
        make: impl FnOnce(i64) -> Result<T, FieldError>,
    ) -> Option<T> {
        self.may(name, |raw| make(raw.integer()?))
    }

    /// `true`, `false` or nothing.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        self.may(name, Raw::boolean)
    }

    /// An object, as it is; in a form, a text that is a JSON object.
    pub fn object(&mut self, name: &str) -> Option<Map<String, Value>> {
        self.may(name, Raw::object)
    }

    /// A text that is left in place, for a look before it is read.
    pub(super) fn peek_text(&self, name: &str) -> Option<&str> {
        self.source.peek_text(name)
    }

    /// Any JSON value, unchecked; a form's text as a string.
    pub fn value(&mut self, name: &str) -> Option<Value> {
        self.source.take(name).map(Raw::into_value)
    }

    /// `limit` and `cursor` of a list sorted by `order`. A bad cursor refuses the request with `INVALID_CURSOR`.
    pub fn page(&mut self, order: Order) -> Option<PageRequest> {
        let size = self.optional_integer("limit", PageSize::new).unwrap_or_default();
        let after = match self.source.take("cursor").map(Raw::text) {
            None => None,
            Some(Ok(blank)) if blank.is_empty() => None,
            Some(text) => {
                let place = text.ok().and_then(|cursor| cursor::decode(&cursor, order));
                if place.is_none() {
                    self.refuse(ApiError::new(ErrorCode::InvalidCursor));
                }
                Some(place?)
            }
        };
        Some(PageRequest { after, size })
    }

    /// Records a fault.
    pub fn fault(&mut self, name: &str, fault: FieldError) {
        self.faults.add(name, fault);
    }

    /// Records a fault under a code of its own.
    pub fn fault_as(&mut self, name: &str, fault: FieldError, code: ErrorCode) {
        self.faults.add_as(name, fault, code);
    }

    /// Takes over faults found elsewhere.
    pub fn faults(&mut self, faults: FieldErrors) {
        self.faults.extend(faults);
    }

    /// Refuses the request with an error that goes before all field faults; the first counts.
    pub fn refuse(&mut self, error: ApiError) {
        self.refusal.get_or_insert(error);
    }

    /// Whether nothing is wrong so far.
    pub fn are_good(&self) -> bool {
        self.refusal.is_none() && self.faults.is_empty()
    }

    /// What is wrong so far.
    pub fn check(&mut self) -> Result<(), ApiError> {
        if let Some(error) = self.refusal.take() {
            return Err(error);
        }
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(ApiError::validation(std::mem::take(&mut self.faults)))
        }
    }

    /// The value read, unless anything was wrong.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, ApiError> {
        self.check()?;
        value.ok_or_else(|| ApiError::new(ErrorCode::ValidationError))
    }

    /// Reads a `T`: all its faults, or it.
    pub fn read<T: FromFields>(mut self) -> Result<T, ApiError> {
        let value = T::from_fields(&mut self);
        self.finish(value)
    }

    pub(super) fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    /// Reads a field that may be missing.
    pub(super) fn may<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Raw) -> Result<T, FieldError>,
    ) -> Option<T> {
        let raw = self.source.take(name)?;
        self.keep(name, read(raw))
    }

    /// Reads a field that must be there.
    fn must<T>(&mut self, name: &str, read: impl FnOnce(Raw) -> Result<T, FieldError>) -> Option<T> {
        let read = self.source.take(name).ok_or(FieldError::Required).and_then(read);
        self.keep(name, read)
    }

    /// The value, or a fault recorded.
    pub(super) fn keep<T>(&mut self, name: &str, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|fault| self.fault(name, fault)).ok()
    }
}

#[cfg(test)]
mod tests;
