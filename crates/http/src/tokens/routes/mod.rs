//! `/api/tokens`.

mod purchases;
mod returns;
mod toss;

use domain::tokens::TokenQueries;

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
async fn balance(caller: SignedIn, tokens: Data<dyn TokenQueries>) -> ApiResult {
    let balance = tokens
        .balance(caller.user)
        .await?
        .ok_or(ErrorCode::Unauthorized)?;
    Ok(ok(Balance::from(balance)))
}

/// List token transactions.
///
/// Payments, earnings and purchases of the current account. Sorted by time, newest first.
#[utoipa::path(tag = "tokens", operation_id = "list_transactions", security(("session" = [])), params(TransactionQuery), responses(
    (status = 200, body = Envelope<Listing<Transaction>>), CommonErrors, SessionRequired, PageErrors))]
#[get("/tokens/transactions")]
async fn transactions(
    caller: SignedIn,
    query: FromQuery<TransactionQuery>,
    tokens: Data<dyn TokenQueries>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let FromQuery(TransactionQuery { filter, page }) = query;
    let found = tokens.transactions(caller.user, filter.0, page.0).await?;
    Ok(ok(
        listing(found, async |row| Transaction::of(row, &media).await).await?
    ))
}
