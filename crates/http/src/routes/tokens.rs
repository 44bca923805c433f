//! `/api/tokens`: balance, transactions, and buying.

mod purchases;

use actix_web::{HttpResponse, get, web::Data};
use application::{media_urls::MediaUrls, tokens::TokenService};
use domain::{page::PageRequest, tokens::TransactionFilter};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::documented::{Always, NeedsSession, Pages};
use crate::{
    cursor::Order,
    dto::{
        listing,
        tokens::{BalanceDto, TransactionDto},
    },
    envelope::{Envelope, Listing, ok},
    error::ApiError,
    extract::{Fields, FromFields, FromQuery, PageParams},
    session::SignedIn,
};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(balance)
        .service(transactions)
        .configure(purchases::configure);
}

/// Filter of the transactions.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the query in the OpenAPI pages")]
struct TransactionParams {
    /// `all` (default), `purchase`, `welcome`, `usage` or `refund`.
    #[param(example = "usage")]
    r#type: Option<String>,
}

struct TransactionQuery {
    filter: TransactionFilter,
    page: PageRequest,
}

impl FromFields for TransactionQuery {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let filter = fields
            .optional("type", TransactionFilter::parse)
            .unwrap_or_default();
        Some(Self {
            filter,
            page: fields.page(Order::Time)?,
        })
    }
}

/// What the person signed in has.
#[utoipa::path(tag = "tokens", operation_id = "get_balance", security(("session" = [])), responses((status = 200, body = Envelope<BalanceDto>), Always, NeedsSession))]
#[get("/tokens/balance")]
async fn balance(who: SignedIn, service: Data<TokenService>) -> Result<HttpResponse, ApiError> {
    let balance = service
        .balance(who.user)
        .await?
        .ok_or_else(ApiError::unauthorized)?;
    Ok(ok(BalanceDto::from(balance)))
}

/// What the person signed in paid, got and earned, newest first.
#[utoipa::path(tag = "tokens", operation_id = "list_transactions", security(("session" = [])), params(TransactionParams, PageParams), responses(
    (status = 200, body = Envelope<Listing<TransactionDto>>), Always, NeedsSession, Pages))]
#[get("/tokens/transactions")]
async fn transactions(
    who: SignedIn,
    query: FromQuery<TransactionQuery>,
    service: Data<TokenService>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let FromQuery(TransactionQuery { filter, page }) = query;
    let found = service.transactions(who.user, filter, page).await?;
    Ok(ok(listing(found, async |row| {
        TransactionDto::of(row, &media).await
    })
    .await?))
}
