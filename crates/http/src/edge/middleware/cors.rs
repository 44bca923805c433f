//! CORS.

use actix_cors::Cors;
use actix_web::http::{Method, header};

use crate::edge::config::HttpConfig;

/// `Access-Control-Max-Age` of preflight responses.
const PREFLIGHT_MAX_AGE_SECONDS: usize = 24 * 60 * 60;

/// Allows the configured origins, with credentials.
pub(crate) fn layer(config: &HttpConfig) -> Cors {
    let mut cors = Cors::default();
    for origin in &config.allowed_origins {
        cors = cors.allowed_origin(origin);
    }
    cors.allowed_methods([
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ])
    .allowed_headers([
        header::CONTENT_TYPE.as_str(),
        "X-CSRFToken",
        "X-Request-ID",
        "Idempotency-Key",
        "Last-Event-ID",
        header::ACCEPT_LANGUAGE.as_str(),
    ])
    .expose_headers([
        "X-Trace-Id",
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "Retry-After",
        "Location",
        "Idempotent-Replayed",
    ])
    .supports_credentials()
    .max_age(PREFLIGHT_MAX_AGE_SECONDS)
}
