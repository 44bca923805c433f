//! Hold: holds the price, stores the generation and puts its task into the outbox.

use domain::{
    StorageError,
    generations::{Caption, Hold, HoldOutcome},
};
use sea_orm::Value;

use crate::{
    pool::PgStore,
    row::{ReadRow, required},
    transition::conflict,
};

/// Locks the wallet first, so that concurrent holds of a user run one after another and see the current balance.
const HOLD: &str = "
WITH wallet AS (
  SELECT available FROM wallets WHERE user_id = $1 FOR NO KEY UPDATE
), debited AS (
  UPDATE wallets w SET available = w.available - $2
    FROM wallet WHERE w.user_id = $1 AND wallet.available >= $2
  RETURNING w.available
), generation AS (
  INSERT INTO generation_requests (id, user_id, style_id, artist_id, status, consumed_tokens, task_id, prompt_tags,
    description, aspect_ratio, seed, result_key, last_heartbeat_at, created_at, updated_at)
  SELECT $3, $1, $4, $5, 'queued', $2, $6, $7, $8::text, $9, $10, $13, $12, $12, $12 FROM debited
  RETURNING id
), entry AS (
  INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, credit_user_id,
    payee_id, generation_id, style_id, created_at)
  SELECT 'hold:' || id, 'hold', $2, 'available', $1, 'held', $1, $5, id, $4, $12 FROM generation
), message AS (
  INSERT INTO outbox_messages (message_id, topic, subject_id, payload, available_at, created_at)
  SELECT $6, 'image_generation', id, $11, $12, $12 FROM generation
)
SELECT (SELECT available FROM wallet) AS available_before, (SELECT available FROM debited) AS available_after";

pub(crate) async fn hold(store: &PgStore, hold: Hold) -> Result<HoldOutcome, StorageError> {
    let row = store.write_one(HOLD, values(hold)).await;
    let row = required(row.map_err(conflict)?)?;
    let (before, after) = (
        row.optional_tokens("available_before")?,
        row.optional_tokens("available_after")?,
    );
    Ok(match (before, after) {
        (_, Some(available)) => HoldOutcome::Held { available },
        (Some(available), None) => HoldOutcome::InsufficientTokens { available },
        (None, None) => HoldOutcome::NoWallet,
    })
}

fn values(hold: Hold) -> Vec<Value> {
    let request = hold.request;
    vec![
        request.user_id.0.into(),
        request.price.get().into(),
        request.id.0.into(),
        request.style_id.0.into(),
        request.artist_id.0.into(),
        hold.task_id.0.into(),
        request.prompt.names().into(),
        request.caption.map(Caption::into_string).into(),
        request.aspect.as_str().into(),
        request.seed.get().into(),
        hold.payload.into(),
        request.created_at.into(),
        hold.result_key.into(),
    ]
}
