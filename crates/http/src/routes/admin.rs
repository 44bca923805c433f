//! `/api/admin`: for those who run the platform.

use actix_web::{HttpResponse, get, web::Data};
use application::tokens::PaymentService;
use utoipa_actix_web::service_config::ServiceConfig;

use super::documented::{Always, ForAdmins, NeedsSession, Pages};
use crate::{
    dto::purchases::OwedTokensDto,
    envelope::{Envelope, Listing, ok},
    error::ApiError,
    extract::{FromQuery, PageOf, PageParams},
    session::SignedIn,
};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(owed_tokens);
}

/// What buyers owe whose payments were taken back after they had spent the tokens, the newest order first.
#[utoipa::path(tag = "admin", operation_id = "list_owed_tokens", security(("session" = [])), params(PageParams), responses(
    (status = 200, body = Envelope<Listing<OwedTokensDto>>), Always, NeedsSession, ForAdmins, Pages))]
#[get("/admin/owed-tokens")]
async fn owed_tokens(
    who: SignedIn,
    query: FromQuery<PageOf>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, ApiError> {
    who.require_admin()?;
    let page = service.owed(query.0.0).await?;
    Ok(ok(Listing::of(page, OwedTokensDto::from)))
}
