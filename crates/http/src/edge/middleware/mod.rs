//! The middlewares around every route. [`crate::app`] defines their order.

pub mod content_encoding;
pub mod cors;
pub mod errors;
pub mod host;
pub mod route_guard;
pub mod security_headers;
pub mod trace;

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::HeaderMap,
};

use crate::edge::error::ApiError;

/// The response of the inner layers or of the middleware itself.
pub(crate) type MiddlewareResult<B> = Result<ServiceResponse<EitherBody<B, BoxBody>>, Error>;

/// Responds with `error` instead of calling the inner layer.
pub(crate) fn reject<B>(request: ServiceRequest, error: ApiError) -> ServiceResponse<EitherBody<B, BoxBody>> {
    request.error_response(error).map_into_right_body()
}

/// Edits the headers of the inner response, also of an error that is converted to a response later.
pub(crate) fn edit_headers<B: MessageBody>(
    outcome: Result<ServiceResponse<B>, Error>,
    edit: impl Fn(&mut HeaderMap) + 'static,
) -> Result<ServiceResponse<B>, Error> {
    match outcome {
        Ok(mut response) => {
            edit(response.headers_mut());
            Ok(response)
        }
        Err(mut error) => {
            error.add_response_mapper(move |mut response: HttpResponse| {
                edit(response.headers_mut());
                response
            });
            Err(error)
        }
    }
}
