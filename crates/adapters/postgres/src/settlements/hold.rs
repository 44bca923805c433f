//! Hold: the price is set aside, the request stored, its task put into the outbox.

use domain::{
    Tokens, UserId,
    generation::Caption,
    ports::{Hold, HoldOutcome, StorageError},
};
use sea_orm::Value;

use super::refused;
use crate::{connect::PgStore, row::ReadRow};

/// The wallet's row is locked first, so two holds of one person follow each other and both see the true balance. The
/// idempotency key is claimed before anything is paid; a taken one stops the statement without an error.
const HOLD: &str = "
WITH wallet AS (
  SELECT available FROM wallets WHERE user_id = $1 FOR NO KEY UPDATE
), claim AS (
  INSERT INTO idempotency_keys (user_id, route, key, body_hash, status, answer, created_at)
  SELECT $1, 'POST /generations', $13::text, $14::bytea, 201, $15::jsonb, $12
    FROM wallet WHERE $13::text IS NOT NULL AND available >= $2
  ON CONFLICT (user_id, route, key) DO NOTHING
  RETURNING 1 AS ok
), paid AS (
  UPDATE wallets w SET available = w.available - $2
    FROM wallet LEFT JOIN claim ON true
   WHERE w.user_id = $1 AND wallet.available >= $2 AND ($13::text IS NULL OR claim.ok = 1)
  RETURNING w.available
), request AS (
  INSERT INTO generation_requests (id, user_id, style_id, artist_id, status, consumed_tokens, task_id, prompt_tags,
    description, aspect_ratio, seed, result_key, last_sign_at, created_at, updated_at)
  SELECT $3, $1, $4, $5, 'queued', $2, $6, $7, $8::text, $9, $10, $16, $12, $12, $12 FROM paid
  RETURNING id
), entry AS (
  INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, credit_user_id,
    payee_id, generation_id, style_id, created_at)
  SELECT 'hold:' || id, 'hold', $2, 'available', $1, 'held', $1, $5, id, $4, $12 FROM request
), message AS (
  INSERT INTO outbox_messages (message_id, topic, subject_id, payload, available_at, created_at)
  SELECT $6, 'image_generation', id, $11, $12, $12 FROM request
)
SELECT (SELECT available FROM wallet) AS available_before, (SELECT available FROM paid) AS available_after";

const KEY_TAKEN: &str = "
SELECT EXISTS (SELECT FROM idempotency_keys WHERE user_id = $1 AND route = 'POST /generations' AND key = $2) AS taken";

pub(super) async fn hold(store: &PgStore, hold: Hold) -> Result<HoldOutcome, StorageError> {
    let (user, price) = (hold.user, hold.price);
    let key = hold.idempotency.as_ref().map(|claim| claim.key.clone());
    let row = store.write_one(HOLD, values(hold)).await.map_err(refused)?;
    let Some(row) = row else {
        return Err(StorageError::Corrupt("a hold answered without a row".into()));
    };
    let (before, after) = (
        row.optional_tokens("available_before")?,
        row.optional_tokens("available_after")?,
    );
    match (before, after) {
        (_, Some(available)) => Ok(HoldOutcome::Held { available }),
        (None, None) => Ok(HoldOutcome::NoWallet),
        (Some(available), None) if available >= price => Ok(HoldOutcome::KeyTaken),
        (Some(available), None) => too_few(store, user, key, available).await,
    }
}

/// The statement does not try the key of somebody who cannot pay. But the first request of that key may be what
/// emptied the wallet, and its repeat deserves the first answer.
async fn too_few(
    store: &PgStore,
    user: UserId,
    key: Option<String>,
    available: Tokens,
) -> Result<HoldOutcome, StorageError> {
    if let Some(key) = key {
        let row = store.read_one(KEY_TAKEN, vec![user.0.into(), key.into()]).await?;
        if row.map_or(Ok(false), |row| row.get("taken"))? {
            return Ok(HoldOutcome::KeyTaken);
        }
    }
    Ok(HoldOutcome::InsufficientTokens { available })
}

fn values(hold: Hold) -> Vec<Value> {
    let (key, body_hash, answer) = match hold.idempotency {
        Some(claim) => (Some(claim.key), Some(claim.body_hash), Some(claim.answer)),
        None => (None, None, None),
    };
    vec![
        hold.user.0.into(),
        hold.price.get().into(),
        hold.generation.0.into(),
        hold.style.0.into(),
        hold.artist.0.into(),
        hold.task_id.0.into(),
        hold.prompt.names().into(),
        hold.caption.map(Caption::into_string).into(),
        hold.aspect.as_str().into(),
        hold.seed.get().into(),
        hold.payload.into(),
        hold.now.into(),
        key.into(),
        body_hash.into(),
        answer.into(),
        hold.result_key.into(),
    ]
}
