//! Trace id, span and log line of every request.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use domain::clock::Ids;
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;
use uuid::Uuid;

pub const TRACE_HEADER: HeaderName = HeaderName::from_static("x-trace-id");

const REQUEST_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The client's `X-Request-ID` if it is a UUID, else a new id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceId(pub Uuid);

/// Nil without [`RequestSpan`], which sets the id of every request.
fn trace_id_of(request: &impl HttpMessage) -> TraceId {
    request
        .extensions()
        .get::<TraceId>()
        .copied()
        .unwrap_or(TraceId(Uuid::nil()))
}

/// The span of a request. It contains the path without the query string, because that may contain a login code.
pub(crate) struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = client_request_id(request.headers()).unwrap_or_else(|| {
            let ids = request.app_data::<web::Data<dyn Ids>>();
            ids.map_or_else(Uuid::nil, |ids| ids.uuid())
        });
        request.extensions_mut().insert(TraceId(id));
        tracing::info_span!("request", trace_id = %id, method = %request.method(), path = %request.path())
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}

fn client_request_id(headers: &HeaderMap) -> Option<Uuid> {
    let text = headers.get(REQUEST_HEADER)?.to_str().ok()?;
    // Only the hyphenated form, not the forms with braces or as a URN.
    (text.len() == 36).then(|| Uuid::try_parse(text).ok())?
}

/// Adds the id to the response and logs the request.
pub(crate) async fn trace_requests<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let started = Instant::now();
    let TraceId(id) = trace_id_of(&request);
    let outcome = next.call(request).await;
    let status = match &outcome {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    // Method and path are in the span.
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
