//! `/api/admin`: for those who run the platform.

use actix_web::{HttpResponse, get, web::Data};
use application::payments::PaymentService;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    admin::responses::OwedTokens,
    edge::{
        documented::{AdminOnlyErrors, CommonErrors, PageErrors, SessionRequired},
        envelope::{Envelope, Listing, ok},
        error::ApiError,
        extract::FromQuery,
        fields::PageQuery,
        session::SignedIn,
    },
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(owed_tokens);
}

/// List canceled purchases whose tokens were spent.
///
/// Newest order first.
#[utoipa::path(tag = "admin", operation_id = "list_owed_tokens", security(("session" = [])), params(PageQuery), responses(
    (status = 200, body = Envelope<Listing<OwedTokens>>), CommonErrors, SessionRequired, AdminOnlyErrors, PageErrors))]
#[get("/admin/owed-tokens")]
async fn owed_tokens(
    who: SignedIn,
    query: FromQuery<PageQuery>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, ApiError> {
    who.require_admin()?;
    let page = service.owed(query.0.page.0).await?;
    Ok(ok(Listing::of(page, OwedTokens::from)))
}
