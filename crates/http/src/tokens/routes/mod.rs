//! `/api/tokens`: balance, transactions, and buying.

mod purchases;
mod returns;
mod toss;

use actix_web::{HttpResponse, get, web::Data};
use application::{media::Media, tokens::TokenService};
use domain::{page::PageRequest, ports::queries::TransactionFilter};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    edge::{
        cursor::Order,
        documented::{CommonErrors, PageErrors, SessionRequired},
        envelope::{Envelope, Listing, ok},
        error::ApiError,
        extract::{FromQuery, PageParams},
        fields::{Fields, FromFields},
        responses::listing,
        session::SignedIn,
    },
    tokens::responses::{Balance, Transaction},
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(balance)
        .service(transactions)
        .configure(purchases::configure)
        .configure(returns::configure)
        .configure(toss::configure);
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
#[utoipa::path(tag = "tokens", operation_id = "get_balance", security(("session" = [])), responses((status = 200, body = Envelope<Balance>), CommonErrors, SessionRequired))]
#[get("/tokens/balance")]
async fn balance(who: SignedIn, service: Data<TokenService>) -> Result<HttpResponse, ApiError> {
    let balance = service
        .balance(who.user)
        .await?
        .ok_or_else(ApiError::unauthorized)?;
    Ok(ok(Balance::from(balance)))
}

/// What the person signed in paid, got and earned, newest first.
#[utoipa::path(tag = "tokens", operation_id = "list_transactions", security(("session" = [])), params(TransactionParams, PageParams), responses(
    (status = 200, body = Envelope<Listing<Transaction>>), CommonErrors, SessionRequired, PageErrors))]
#[get("/tokens/transactions")]
async fn transactions(
    who: SignedIn,
    query: FromQuery<TransactionQuery>,
    service: Data<TokenService>,
    media: Data<Media>,
) -> Result<HttpResponse, ApiError> {
    let FromQuery(TransactionQuery { filter, page }) = query;
    let found = service.transactions(who.user, filter, page).await?;
    Ok(ok(
        listing(found, async |row| Transaction::of(row, &media).await).await?
    ))
}
