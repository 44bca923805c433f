//! `/api/admin`.

use application::tokens::PaymentService;

use crate::{admin::responses::OwedTokens, edge::prelude::*};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(owed_tokens);
}

/// List canceled purchases whose tokens were spent.
///
/// Sorted by creation time, newest first.
#[utoipa::path(tag = "admin", operation_id = "list_owed_tokens", security(("session" = [])), params(PageQuery), responses(
    (status = 200, body = Envelope<Listing<OwedTokens>>), CommonErrors, SessionRequired, AdminOnlyErrors, PageErrors))]
#[get("/admin/owed-tokens")]
async fn owed_tokens(
    caller: SignedIn,
    query: FromQuery<PageQuery>,
    service: Data<PaymentService>,
) -> ApiResult {
    caller.require_admin()?;
    let page = service.owed(query.0.page.0).await?;
    Ok(ok(Listing::of(page, OwedTokens::from)))
}
