//! One trace id and one log line per request.

use std::{
    future::{Ready, ready},
    time::Instant,
};

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use domain::clock::Ids;
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;
use uuid::Uuid;

/// Response header with the id.
pub const TRACE_HEADER: HeaderName = HeaderName::from_static("x-trace-id");

/// Request header with an id.
const REQUEST_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The trace id: the client's `X-Request-ID` when that is a UUID, else a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceId(pub Uuid);

impl FromRequest for TraceId {
    type Error = Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(of_extensions(request)))
    }
}

/// Nil outside of [`RequestSpan`], which every request passes.
fn of_extensions(request: &impl HttpMessage) -> TraceId {
    request
        .extensions()
        .get::<TraceId>()
        .copied()
        .unwrap_or(TraceId(Uuid::nil()))
}

/// The span of a request. It holds the path without the query string, which may hold a login code.
pub(crate) struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = incoming(request.headers()).unwrap_or_else(|| {
            let ids = request.app_data::<web::Data<dyn Ids>>();
            ids.map_or_else(Uuid::nil, |ids| ids.uuid())
        });
        request.extensions_mut().insert(TraceId(id));
        tracing::info_span!("request", trace_id = %id, method = %request.method(), path = %request.path())
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}

fn incoming(headers: &HeaderMap) -> Option<Uuid> {
    let text = headers.get(REQUEST_HEADER)?.to_str().ok()?;
    // Only the form of 36 characters, without braces or URN.
    (text.len() == 36).then(|| Uuid::try_parse(text).ok())?
}

/// Adds the id to the response and logs the request.
pub(crate) async fn trace_requests<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let started = Instant::now();
    let TraceId(id) = of_extensions(&request);
    let outcome = next.call(request).await;
    let status = match &outcome {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    // The span holds method and path.
    tracing::info!(
        status = status.as_u16(),
        ms = started.elapsed().as_millis(),
        "request answered"
    );
    super::edit_headers(outcome, move |headers| {
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            headers.insert(TRACE_HEADER, value);
        }
    })
}
