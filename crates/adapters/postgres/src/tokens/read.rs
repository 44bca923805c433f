//! Reads of balances; the list of transactions is [`super::transactions`].

use async_trait::async_trait;
use domain::{
    StorageError, UserId,
    page::{Page, PageRequest},
    tokens::{BalanceView, TokenQueries, TransactionFilter, TransactionView},
};

use crate::{PgStore, row::ReadRow};
use crate::{sql::Sql, tokens::transactions};

/// The held tokens are the sum over the open generations, read from an index; there is no column for them.
pub(crate) const BALANCE: &str = "
SELECT w.user_id, w.available,
       (SELECT COALESCE(sum(g.consumed_tokens), 0) FROM generation_requests g
         WHERE g.user_id = w.user_id AND g.status IN ('queued', 'processing', 'retrying'))::bigint AS held,
       a.earned_token_balance
         + (SELECT COALESCE(sum(d.amount), 0) FROM earning_deltas d WHERE d.artist_id = w.user_id)::bigint AS earned
  FROM wallets w
  LEFT JOIN artists a ON a.user_id = w.user_id
 WHERE w.user_id = $1";

#[async_trait]
impl TokenQueries for PgStore {
    async fn balance(&self, user: UserId) -> Result<Option<BalanceView>, StorageError> {
        let Some(row) = Sql::new(BALANCE, [user.0.into()]).one(self).await? else {
            return Ok(None);
        };
        Ok(Some(BalanceView {
            user_id: UserId(row.get("user_id")?),
            available: row.tokens("available")?,
            held: row.tokens("held")?,
            earned: row.optional_tokens("earned")?,
        }))
    }

    async fn transactions(
        &self,
        user: UserId,
        filter: TransactionFilter,
        page: PageRequest,
    ) -> Result<Page<TransactionView>, StorageError> {
        transactions::list(self, user, filter, page).await
    }
}
