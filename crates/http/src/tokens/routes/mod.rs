//! `/api/tokens`: balance, transactions, and buying.

mod purchases;
mod returns;
mod toss;

use application::tokens::TokenService;

use crate::{
    edge::prelude::*,
    tokens::{
        requests::TransactionQuery,
        responses::{Balance, Transaction},
    },
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(balance)
        .service(transactions)
        .configure(purchases::configure)
        .configure(returns::configure)
        .configure(toss::configure);
}

/// Get the token balance.
#[utoipa::path(tag = "tokens", operation_id = "get_balance", security(("session" = [])), responses((status = 200, body = Envelope<Balance>), CommonErrors, SessionRequired))]
#[get("/tokens/balance")]
async fn balance(who: SignedIn, service: Data<TokenService>) -> ApiResult {
    let balance = service.balance(who.user).await?.ok_or(ErrorCode::Unauthorized)?;
    Ok(ok(Balance::from(balance)))
}

/// List token transactions.
///
/// Payments, earnings and purchases of the current account, newest first.
#[utoipa::path(tag = "tokens", operation_id = "list_transactions", security(("session" = [])), params(TransactionQuery), responses(
    (status = 200, body = Envelope<Listing<Transaction>>), CommonErrors, SessionRequired, PageErrors))]
#[get("/tokens/transactions")]
async fn transactions(
    who: SignedIn,
    query: FromQuery<TransactionQuery>,
    service: Data<TokenService>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let FromQuery(TransactionQuery { filter, page }) = query;
    let found = service.transactions(who.user, filter.0, page.0).await?;
    Ok(ok(
        listing(found, async |row| Transaction::of(row, &media).await).await?
    ))
}
