//! Rejects compressed request bodies. actix would decompress them without applying the body limits (RUSTSEC-2026-0447,
//! -0448, -0455).

use actix_web::{body::MessageBody, dev::ServiceRequest, http::header, middleware::Next};

use crate::edge::{
    error::ApiError,
    error_code::ErrorCode,
    messages::Cause,
    middleware::{MiddlewareResult, reject},
};

/// 415 for every request with a `Content-Encoding`.
pub(crate) async fn reject_encoded_bodies<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> MiddlewareResult<B> {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        let error = ApiError::new(ErrorCode::UnsupportedMediaType).because(Cause::EncodedBody);
        return Ok(reject(request, error));
    }
    Ok(next.call(request).await?.map_into_left_body())
}
