//! Apply earnings: moves earning deltas into the artists' balances and the styles' counts.

use domain::StorageError;

use crate::{error::storage_error, pool::PgStore, row::ReadRow};

/// The advisory lock keeps concurrent runs from locking artists in different orders; row locks already prevent that
/// a delta is applied twice. The condition on `artist` is always true and makes the artists locked before the styles, in the same order as
/// by an upload and a retry: independent common table expressions run in any order. A delta whose artist does not exist
/// stays, so that no tokens are lost.
const APPLY_EARNINGS: &str = "
WITH lock AS MATERIALIZED (
  SELECT pg_try_advisory_xact_lock(hashtext('fold')) AS ok
), batch AS (
  DELETE FROM earning_deltas WHERE transaction_id IN (
    SELECT d.transaction_id FROM earning_deltas d
     WHERE (SELECT ok FROM lock) AND EXISTS (SELECT FROM artists a WHERE a.user_id = d.artist_id)
     ORDER BY d.transaction_id LIMIT $1 FOR UPDATE OF d SKIP LOCKED)
  RETURNING artist_id, style_id, amount
), artist AS (
  UPDATE artists a SET earned_token_balance = a.earned_token_balance + s.amount
    FROM (SELECT artist_id, sum(amount)::bigint AS amount FROM batch GROUP BY artist_id) s
   WHERE a.user_id = s.artist_id
  RETURNING a.user_id
), style AS (
  UPDATE style_models m
     SET usage_count = m.usage_count + s.uses, total_earned_tokens = m.total_earned_tokens + s.amount
    FROM (SELECT style_id, count(*) AS uses, sum(amount)::bigint AS amount FROM batch GROUP BY style_id) s
   WHERE m.id = s.style_id AND (SELECT count(*) FROM artist) >= 0
)
SELECT count(*) AS applied FROM batch";

pub(crate) async fn apply_earnings(store: &PgStore, batch: i64) -> Result<u64, StorageError> {
    let row = store
        .write_one(APPLY_EARNINGS, vec![batch.into()])
        .await
        .map_err(storage_error)?;
    let applied: i64 = row.map_or(Ok(0), |row| row.get("applied"))?;
    Ok(applied.unsigned_abs())
}
