//! Adds what browsers need and the file store lacks: CORS, `nosniff`, and a content type for every object.

use hyper::body::Incoming;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, CONTENT_TYPE,
    HeaderMap, HeaderValue, ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::service::Service;
use hyper::{Method, Request, Response, StatusCode};
use s3s::service::S3Service;
use s3s::{Body, HttpError};

/// How long a browser may cache a preflight response.
const PREFLIGHT_MAX_AGE_SECONDS: HeaderValue = HeaderValue::from_static("86400");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, PUT, OPTIONS");
const EXPOSED_HEADERS: HeaderValue = HeaderValue::from_static("ETag");

/// The S3 service with the additional headers.
#[derive(Clone)]
pub(super) struct Gateway {
    service: S3Service,
    allowed_origins: Vec<String>,
}

impl Gateway {
    pub(super) fn new(service: S3Service, allowed_origins: Vec<String>) -> Self {
        Self {
            service,
            allowed_origins,
        }
    }

    pub(super) async fn handle(self, request: Request<Incoming>) -> Result<Response<Body>, HttpError> {
        let origin = self.allowed_origin(request.headers());
        if request.method() == Method::OPTIONS {
            return Ok(preflight(origin, request.headers()));
        }
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        let content_type = content_type_of(request.uri().path());
        let mut response = Service::call(&self.service, request).await?;
        let success = response.status().is_success();
        let headers = response.headers_mut();
        if is_read && success && !headers.contains_key(CONTENT_TYPE) {
            headers.insert(CONTENT_TYPE, content_type);
        }
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.append(VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = origin {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
        }
        Ok(response)
    }

    fn allowed_origin(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        let allowed = self
            .allowed_origins
            .iter()
            .any(|allowed| allowed.as_bytes() == origin.as_bytes());
        allowed.then(|| origin.clone())
    }
}

/// The CORS preflight response. Any header is allowed for an allowed origin, because the signature protects the
/// request.
fn preflight(origin: Option<HeaderValue>, request: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response
        .headers_mut()
        .insert(VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin else {
        *response.status_mut() = StatusCode::FORBIDDEN;
        return response;
    };
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, PREFLIGHT_MAX_AGE_SECONDS);
    if let Some(names) = request.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}

/// By the extension of the key, for objects stored without a content type.
fn content_type_of(path: &str) -> HeaderValue {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    HeaderValue::from_static(match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "json" => "application/json",
        _ => "application/octet-stream",
    })
}
