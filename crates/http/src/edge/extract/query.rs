//! Query strings.

use std::{
    collections::HashMap,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use domain::page::PageRequest;
use utoipa::IntoParams;

use crate::edge::{
    cursor::Order,
    error::ApiError,
    fields::{Fields, FromFields},
};

/// A `T` read from the query string.
#[derive(Debug)]
pub struct FromQuery<T>(pub T);

impl<T: FromFields> FromRequest for FromQuery<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(fields(request.query_string()).read().map(Self))
    }
}

fn fields(query: &str) -> Fields {
    let mut texts: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        texts
            .entry(name.into_owned())
            .or_default()
            .push(value.into_owned());
    }
    Fields::of_texts(texts)
}

/// The query of a list that is sorted by time and takes nothing but `cursor` and `limit`.
#[derive(Debug, Clone, Copy)]
pub struct PageOf(pub PageRequest);

impl FromFields for PageOf {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.page(Order::Time).map(Self)
    }
}

/// `cursor` and `limit` of every list, for the OpenAPI pages.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the query in the OpenAPI pages")]
pub struct PageParams {
    /// `next_cursor` of the page before; lists by time also take a bare RFC 3339 time. Bad: 400 `INVALID_CURSOR`.
    cursor: Option<String>,
    /// Rows wanted, 1 to 100.
    #[param(default = 20, minimum = 1, maximum = 100)]
    limit: Option<i64>,
}
