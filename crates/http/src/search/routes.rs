//! `/api/search`.

use application::search::SearchService;

use crate::{
    edge::prelude::*,
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
    (status = 422, description = "`VALIDATION_ERROR`: `q` is empty, `limit` is not between 1 and 100, or `type` is invalid", body = ErrorBody)))]
#[get("/search")]
async fn search(
    query: FromQuery<SearchQuery>,
    service: Data<SearchService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let FromQuery(SearchQuery { text, scope, limit }) = query;
    let found = service.search(&text, scope.0, limit.0).await?;
    Ok(ok(SearchResults::of(found, &media).await?))
}
