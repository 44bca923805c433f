//! `/api/search`.

use actix_web::{HttpResponse, get, web::Data};
use application::{media::Media, search::SearchService};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    edge::{
        documented::CommonErrors,
        envelope::{Envelope, ErrorBody, ok},
        error::ApiError,
        extract::FromQuery,
    },
    search::{requests::SearchQuery, responses::SearchResults},
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(search);
}

/// Search for styles and artists.
///
/// Finds styles by name or tag, and artists by their names.
#[utoipa::path(tag = "search", operation_id = "search", security(()), params(SearchQuery), responses(
    (status = 200, body = Envelope<SearchResults>), CommonErrors,
    (status = 422, description = "`VALIDATION_ERROR`: nothing to look for, `limit` is not 1 to 100, or `type` is not known", body = ErrorBody)))]
#[get("/search")]
async fn search(
    query: FromQuery<SearchQuery>,
    service: Data<SearchService>,
    media: Data<Media>,
) -> Result<HttpResponse, ApiError> {
    let FromQuery(SearchQuery { text, scope, limit }) = query;
    let found = service.search(&text, scope.0, limit.0).await?;
    Ok(ok(SearchResults::of(found, &media).await?))
}
