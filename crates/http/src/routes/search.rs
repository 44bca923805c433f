//! `/api/search`.

use actix_web::{HttpResponse, get, web::Data};
use application::{media_urls::MediaUrls, search::SearchService};
use domain::{
    page::PageSize,
    search::{SearchScope, SearchText},
};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::documented::Always;
use crate::{
    dto::search::FoundDto,
    envelope::{Envelope, ErrorBody, ok},
    error::ApiError,
    extract::{Fields, FromFields, FromQuery},
};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(search);
}

/// What is searched.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the query in the OpenAPI pages")]
struct SearchParams {
    /// 1 to 100 characters, found anywhere in a name or a tag whatever its case; under three characters at the beginning
    /// only.
    #[param(example = "harbour")]
    q: String,
    /// `all` (default), `styles` or `artists`.
    #[param(example = "all")]
    r#type: Option<String>,
    /// Most results of each kind, 1 to 100.
    #[param(default = 20, minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

struct SearchQuery {
    text: SearchText,
    scope: SearchScope,
    most: PageSize,
}

impl FromFields for SearchQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let text = fields.required("q", SearchText::parse);
        let scope = fields.optional("type", SearchScope::parse).unwrap_or_default();
        let most = fields
            .optional_integer("limit", PageSize::new)
            .unwrap_or_default();
        Some(Self {
            text: text?,
            scope,
            most,
        })
    }
}

/// Finds styles by name or tag, and artists by their names.
#[utoipa::path(tag = "search", operation_id = "search", security(()), params(SearchParams), responses(
    (status = 200, body = Envelope<FoundDto>), Always,
    (status = 422, description = "`VALIDATION_ERROR`: nothing to look for, `limit` is not 1 to 100, or `type` is not known", body = ErrorBody)))]
#[get("/search")]
async fn search(
    query: FromQuery<SearchQuery>,
    service: Data<SearchService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let FromQuery(SearchQuery { text, scope, most }) = query;
    let found = service.search(&text, scope, most).await?;
    Ok(ok(FoundDto::of(found, &media).await?))
}
