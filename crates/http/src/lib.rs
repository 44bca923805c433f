//! The REST edge of Style License: routes, extractors, sessions, error bodies and the OpenAPI pages.
//!
//! [`app`] assembles the whole edge. Its layers, from the outside in: request span, trace id, security headers, error
//! bodies, CORS, refusal of encoded bodies, host check, route gate (404 and 405 before anything is read), session,
//! CSRF, and then the routes. Whatever answers, the layers outside of it shape the answer.

pub mod app;
pub mod config;
pub mod csrf;
pub mod cursor;
pub mod dto;
pub mod envelope;
pub mod error;
pub mod extract;
pub mod messages;
pub mod middleware;
pub mod multipart;
pub mod net;
pub mod openapi;
pub mod routes;
pub mod session;

pub use app::{app, app_with_routes};
pub use config::{HttpConfig, HttpDeps};
pub use error::{ApiError, ErrorCode, FieldErrors};
