//! Imports of all route modules.

pub use actix_web::{HttpResponse, delete, get, patch, post, web::Data};
pub use application::media_urls::MediaUrls;
pub use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use crate::edge::{
    documented::*,
    envelope::{Envelope, ErrorBody, Listing, accepted, created, no_content, ok},
    error::ApiError,
    error_code::ErrorCode,
    extract::{FromQuery, Id, JsonBody},
    fields::PageQuery,
    responses::listing,
    session::{MaybeSignedIn, SignedIn},
};

pub(crate) type ApiResult = Result<HttpResponse, ApiError>;
