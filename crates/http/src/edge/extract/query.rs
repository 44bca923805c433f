//! Extractor of query strings.

use std::{
    collections::HashMap,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::edge::{
    error::ApiError,
    fields::{Fields, Request},
};

#[derive(Debug)]
pub struct FromQuery<T>(pub T);

impl<T: Request> FromQuery<T> {
    pub fn parse(query: &str) -> Result<Self, ApiError> {
        let mut texts: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let values = texts.entry(name.into_owned()).or_default();
            values.push(value.into_owned());
        }
        Fields::of_texts(texts).read().map(Self)
    }
}

impl<T: Request> FromRequest for FromQuery<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::parse(request.query_string()))
    }
}
