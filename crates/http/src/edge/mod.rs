//! The HTTP layer that all routes share: middlewares, extractors, envelopes, errors.

pub mod app;
pub(crate) mod body;
pub(crate) mod browser;
pub mod config;
pub mod csrf;
pub mod cursor;
pub(crate) mod documented;
pub(crate) mod enums;
pub mod envelope;
pub mod error;
pub mod error_code;
pub mod extract;
pub mod fields;
pub mod form_part;
pub mod language;
pub mod messages;
pub mod middleware;
pub mod multipart;
pub mod net;
pub mod openapi;
pub(crate) mod prelude;
pub(crate) mod responses;
pub mod session;
pub mod spool;
