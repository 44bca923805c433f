//! Rejects compressed request bodies: actix would decompress them past the limits of the body readers
//! (RUSTSEC-2026-0447, -0448, -0455).

use actix_web::{body::MessageBody, dev::ServiceRequest, http::header, middleware::Next};

use crate::edge::{
    error::ApiError,
    error_code::ErrorCode,
    messages::Cause,
    middleware::{Layered, refuse},
};

/// 415 for any request with a `Content-Encoding`.
pub(crate) async fn refuse_encoded_bodies<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Layered<B> {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        let error = ApiError::new(ErrorCode::UnsupportedMediaType).because(Cause::EncodedBody);
        return Ok(refuse(request, error));
    }
    Ok(next.call(request).await?.map_into_left_body())
}
