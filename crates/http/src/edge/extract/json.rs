//! Extractor of JSON bodies.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::edge::{
    body::{MAX_JSON_BYTES, read_body},
    error::ApiError,
    fields::{Fields, Request},
};

/// A `T` in a JSON object of at most 64 KiB. 415 for another media type, 413 for a longer body, 400 for anything else
/// than a JSON object.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: Request + 'static> FromRequest for JsonBody<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = read_body(&request, payload, MAX_JSON_BYTES).await?;
            Fields::parse(&body)?.read().map(Self)
        })
    }
}
