//! The audit: recomputes all balances from the ledger. Each check is one query that returns a sentence per difference.

use async_trait::async_trait;
use domain::{StorageError, tokens::Audit};
use sea_orm::ConnectionTrait;

use crate::{
    connection::Transaction,
    error::storage_error,
    pool::{PgStore, statement},
    row::ReadRow,
};

/// P1: all tokens that were issued and not returned are in some balance.
const ISSUED_IS_ACCOUNTED_FOR: &str = "
SELECT format('P1: %s tokens issued, but %s accounted for (wallets %s, open generations %s, artists %s, pending %s)',
         issued, wallets + held + artists + pending, wallets, held, artists, pending) AS difference
  FROM (SELECT
    (SELECT COALESCE(sum(CASE WHEN debit_account = 'platform' THEN amount ELSE -amount END), 0)
       FROM token_transactions WHERE 'platform' IN (debit_account, credit_account)) AS issued,
    (SELECT COALESCE(sum(available), 0) FROM wallets) AS wallets,
    (SELECT COALESCE(sum(consumed_tokens), 0) FROM generation_requests
      WHERE status IN ('queued', 'processing', 'retrying')) AS held,
    (SELECT COALESCE(sum(earned_token_balance), 0) FROM artists) AS artists,
    (SELECT COALESCE(sum(amount), 0) FROM earning_deltas) AS pending) AS sums
 WHERE issued <> wallets + held + artists + pending";

/// P2: no balance is negative.
const NO_BALANCE_IS_NEGATIVE: &str = "
SELECT format('P2: the wallet of user %s holds %s tokens', user_id, available) AS difference
  FROM wallets WHERE available < 0
UNION ALL
SELECT format('P2: artist %s has earned %s tokens', user_id, earned_token_balance)
  FROM artists WHERE earned_token_balance < 0
UNION ALL
SELECT format('P2: the earning of entry %s is %s tokens', transaction_id, amount)
  FROM earning_deltas WHERE amount <= 0";

/// P3: a generation has one hold and at most one settlement, of the same amount, payer, payee and style.
const SETTLEMENTS_MATCH_HOLDS: &str = "
SELECT format('P3: generation %s has %s holds and %s settlements', generation_id, holds, settlements) AS difference
  FROM (SELECT generation_id, count(*) FILTER (WHERE kind = 'hold') AS holds,
               count(*) FILTER (WHERE kind IN ('capture', 'release')) AS settlements
          FROM token_transactions WHERE generation_id IS NOT NULL GROUP BY generation_id) AS counted
 WHERE holds <> 1 OR settlements > 1
UNION ALL
SELECT format('P3: the %s of generation %s (%s tokens of user %s to %s) does not match its hold (%s of %s for %s)',
         s.kind, s.generation_id, s.amount, s.debit_user_id, s.credit_user_id, h.amount, h.debit_user_id, h.payee_id)
  FROM token_transactions s JOIN token_transactions h ON h.generation_id = s.generation_id AND h.kind = 'hold'
 WHERE s.kind IN ('capture', 'release')
   AND (s.amount <> h.amount OR s.style_id <> h.style_id OR s.debit_user_id <> h.credit_user_id
     OR s.credit_user_id <> CASE s.kind WHEN 'capture' THEN h.payee_id ELSE h.debit_user_id END)";

/// P3: open generations hold their price, final ones are settled as their state requires, and an unsettled hold has a
/// generation.
const GENERATIONS_MATCH_ENTRIES: &str = "
SELECT format('P3: generation %s is %s at %s tokens of user %s, but its hold is %s of user %s and its settlement is %s',
         r.id, r.status, r.consumed_tokens, r.user_id, COALESCE(h.amount::text, 'missing'),
         COALESCE(h.debit_user_id::text, 'nobody'), COALESCE(s.kind, 'missing')) AS difference
  FROM generation_requests r
  LEFT JOIN token_transactions h ON h.key = 'hold:' || r.id
  LEFT JOIN token_transactions s ON s.key = 'settle:' || r.id
 WHERE (h.amount, h.debit_user_id, h.payee_id, h.style_id)
         IS DISTINCT FROM (r.consumed_tokens, r.user_id, r.artist_id, r.style_id)
    OR s.kind IS DISTINCT FROM
         CASE r.status WHEN 'completed' THEN 'capture' WHEN 'failed' THEN 'release' WHEN 'canceled' THEN 'release' END
UNION ALL
SELECT format('P3: the hold of generation %s (%s tokens of user %s) is not settled and has no generation', h.generation_id,
         h.amount, h.debit_user_id)
  FROM token_transactions h
 WHERE h.kind = 'hold'
   AND NOT EXISTS (SELECT FROM token_transactions s WHERE s.key = 'settle:' || h.generation_id)
   AND NOT EXISTS (SELECT FROM generation_requests r WHERE r.id = h.generation_id)";

/// P4: every wallet is the sum of its entries. The entries of a deleted wallet add up to zero.
const WALLETS_MATCH_ENTRIES: &str = "
SELECT format('P4: the wallet of user %s holds %s tokens, its entries say %s', user_id,
         COALESCE(w.available::text, 'no'), COALESCE(l.balance, 0)) AS difference
  FROM (SELECT user_id, sum(amount) AS balance
          FROM (SELECT credit_user_id AS user_id, amount FROM token_transactions WHERE credit_account = 'available'
                UNION ALL
                SELECT debit_user_id, -amount FROM token_transactions WHERE debit_account = 'available') AS moves
         GROUP BY user_id) AS l
  FULL JOIN wallets w USING (user_id)
 WHERE COALESCE(w.available, 0) <> COALESCE(l.balance, 0)";

/// P4: every artist's balance and pending earnings are the sum of the entries.
const EARNINGS_MATCH_ENTRIES: &str = "
SELECT format('P4: artist %s has %s tokens and %s pending, the entries say %s', user_id,
         COALESCE(a.earned_token_balance, 0), COALESCE(d.amount, 0), COALESCE(l.balance, 0)) AS difference
  FROM (SELECT user_id, sum(amount) AS balance
          FROM (SELECT credit_user_id AS user_id, amount FROM token_transactions WHERE credit_account = 'earned'
                UNION ALL
                SELECT debit_user_id, -amount FROM token_transactions WHERE debit_account = 'earned') AS moves
         GROUP BY user_id) AS l
  FULL JOIN artists a USING (user_id)
  FULL JOIN (SELECT artist_id AS user_id, sum(amount) AS amount FROM earning_deltas GROUP BY artist_id) d
      USING (user_id)
 WHERE COALESCE(a.earned_token_balance, 0) + COALESCE(d.amount, 0) <> COALESCE(l.balance, 0)
UNION ALL
SELECT format('P4: the pending earning of entry %s (%s tokens for artist %s) is not what was captured',
         d.transaction_id, d.amount, d.artist_id)
  FROM earning_deltas d LEFT JOIN token_transactions t ON t.id = d.transaction_id AND t.kind = 'capture'
 WHERE (t.amount, t.credit_user_id, t.style_id) IS DISTINCT FROM (d.amount, d.artist_id, d.style_id)";

/// P4: a paid order was granted once, a canceled one has returned or owes all granted tokens, and no other order moved
/// tokens. The tokens of an erased account were returned by a separate entry.
const ORDERS_MATCH_ENTRIES: &str = "
SELECT format('P4: order %s is %s at %s tokens (%s owed), but it was granted %s and returned %s', o.order_id, o.status,
         o.amount_tokens, o.owed_tokens, COALESCE(g.amount::text, 'nothing'), COALESCE(r.amount::text, 'nothing'))
         AS difference
  FROM purchases o
  LEFT JOIN token_transactions g ON g.key = 'purchase:' || o.order_id
  LEFT JOIN token_transactions r ON r.key = 'purchase_reversal:' || o.order_id
 WHERE g.amount IS DISTINCT FROM CASE WHEN o.status = 'paid' OR (o.status = 'canceled' AND g.id IS NOT NULL)
         THEN o.amount_tokens END
    OR (o.user_id IS NOT NULL AND COALESCE(r.amount, 0) + o.owed_tokens
         <> CASE WHEN o.status = 'canceled' AND g.id IS NOT NULL THEN o.amount_tokens ELSE 0 END)
    OR COALESCE(r.amount, 0) + o.owed_tokens > CASE WHEN g.id IS NOT NULL THEN o.amount_tokens ELSE 0 END
    OR (o.user_id IS NOT NULL AND g.credit_user_id <> o.user_id)
    OR (r.id IS NOT NULL AND r.debit_user_id <> g.credit_user_id)";

const CHECKS: [&str; 7] = [
    ISSUED_IS_ACCOUNTED_FOR,
    NO_BALANCE_IS_NEGATIVE,
    SETTLEMENTS_MATCH_HOLDS,
    GENERATIONS_MATCH_ENTRIES,
    WALLETS_MATCH_ENTRIES,
    EARNINGS_MATCH_ENTRIES,
    ORDERS_MATCH_ENTRIES,
];

#[async_trait]
impl Audit for PgStore {
    async fn verify(&self) -> Result<Vec<String>, StorageError> {
        let snapshot = self.db().begin_snapshot().await.map_err(storage_error)?;
        let differences = differences(&snapshot).await?;
        snapshot.commit().await.map_err(storage_error)?;
        Ok(differences)
    }

    async fn ping(&self) -> Result<(), StorageError> {
        self.read_one("SELECT 1", Vec::new()).await.map(drop)
    }
}

async fn differences(snapshot: &Transaction) -> Result<Vec<String>, StorageError> {
    let mut found = Vec::new();
    for check in CHECKS {
        let rows = snapshot.query_all_raw(statement(check, Vec::new())).await;
        for row in rows.map_err(storage_error)? {
            found.push(row.get("difference")?);
        }
    }
    Ok(found)
}
