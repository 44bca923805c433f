//! Erasing an account, in one transaction.
//!
//! Locks are taken in this order: erasures' own, the account, its orders, its wallet; others' posts and comments; the fold's, its
//! artist, its styles; others' artists and profiles; each kind by id. Whoever adds something of the account's waits for
//! its row, so what is counted below is all there is. A statement of somebody else's that takes the same rows in
//! another order may be picked by the database to give way, or this one is: it is then begun again.
//!
//! The fold waits for whoever holds an artist's row: of what may take long, likes and comments come before the first of
//! them. The account's own rows go at the end, when all is counted.

mod counters;
mod objects;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, StorageError, Tokens, UserId,
    tokens::Entry,
    users::{AccountLock, Erasures, LockedAccount, LockedArtistAndStyles, OwnedObjects},
};

use sea_orm::{QueryResult, Value};

use crate::row::ReadRow;
use crate::unit_of_work::PgUnitOfWork;

/// Everything a prolific account owns goes by one statement, which may take longer than others.
const PATIENCE: &str = "SET LOCAL statement_timeout = '60s'";

/// Asking again keeps the time of the first asking.
const DEACTIVATE: &str = "
UPDATE users
   SET is_active = false, erasure_requested_at = COALESCE(erasure_requested_at, $2), updated_at = $2
 WHERE id = $1";

const END_SESSIONS: &str = "DELETE FROM sessions WHERE user_id = $1";

const HIDE_STYLES: &str = "
UPDATE style_models SET is_active = false, version = version + 1, updated_at = $2
 WHERE artist_id = $1 AND is_active";

/// One erasure at a time: two that lower each other's counters would wait for one another. None waits its turn here:
/// it would keep a connection that everybody else needs.
const LOCK_ERASURES: &str = "SELECT pg_try_advisory_xact_lock(hashtext('erasure')) AS ours";

const LOCK_USER: &str = "
SELECT id FROM users WHERE id = $1 AND erasure_requested_at IS NOT NULL FOR UPDATE";

/// They lose their buyer in the end; a grant takes an order first and the wallet second, too.
const LOCK_ORDERS: &str = "SELECT order_id FROM purchases WHERE user_id = $1 ORDER BY order_id FOR UPDATE";

const LOCK_WALLET: &str = "SELECT available FROM wallets WHERE user_id = $1 FOR UPDATE";

/// The fold takes earnings first and artists second, in any order. While this is held it does nothing. An erasure that
/// touches no artist leaves it alone.
const LOCK_FOLD: &str = "
SELECT pg_advisory_xact_lock(hashtext('fold'))
 WHERE EXISTS (SELECT FROM artists WHERE user_id = $1) OR EXISTS (SELECT FROM follows WHERE follower_id = $1)";

const LOCK_ARTIST: &str = "SELECT earned_token_balance FROM artists WHERE user_id = $1 FOR UPDATE";

/// A request in one of them that is just being made has locked its style: it is waited for, and counted below.
const LOCK_STYLES: &str = "SELECT id FROM style_models WHERE artist_id = $1 ORDER BY id FOR UPDATE";

/// Read after the wait for the locks. A use is a request of somebody else's, whatever became of it, as long as it is
/// there, or a capture: the ledger remembers that somebody paid although request and payer may be gone.
const SITUATION: &str = "
SELECT (SELECT count(*) FROM generation_requests
         WHERE user_id = $1 AND status IN ('queued', 'processing', 'retrying')) AS open_generations,
       EXISTS (SELECT FROM style_models m JOIN generation_requests g ON g.style_id = m.id
                WHERE m.artist_id = $1 AND g.user_id <> $1)
       OR EXISTS (SELECT FROM token_transactions h
                    JOIN token_transactions s ON s.key = 'settle:' || h.generation_id AND s.kind = 'capture'
                   WHERE h.kind = 'hold' AND h.payee_id = $1 AND h.debit_user_id <> $1) AS used_by_others";

const UNFOLDED: &str =
    "SELECT COALESCE(sum(amount), 0)::bigint AS unfolded FROM earning_deltas WHERE artist_id = $1";

const ENTER: &str = "
INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, credit_user_id,
  created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

const DROP_EARNINGS: &str = "DELETE FROM earning_deltas WHERE artist_id = $1";

const DROP_TRAININGS: &str = "
DELETE FROM outbox_messages o USING style_models m
 WHERE m.artist_id = $1 AND o.topic = 'model_training' AND o.subject_id = m.id";

/// All that belongs to the account goes with it.
const DELETE: &str = "DELETE FROM users WHERE id = $1";

/// Beside what the account made and wrote stands its name alone.
const EMPTY_PROFILE: &str = "
UPDATE user_profiles p SET bio = '', profile_image_bucket = NULL, profile_image_key = NULL
  FROM (SELECT profile_image_bucket AS bucket, profile_image_key AS key FROM user_profiles WHERE user_id = $1) AS before
 WHERE p.user_id = $1
RETURNING before.bucket, before.key";

const KEEP: &str = "UPDATE users SET erasure_requested_at = NULL, updated_at = $2 WHERE id = $1";

#[async_trait]
impl Erasures for PgUnitOfWork {
    async fn deactivate(&mut self, user: UserId, now: DateTime<Utc>) -> Result<bool, StorageError> {
        let id = user.0;
        if self.run(DEACTIVATE, vec![id.into(), now.into()]).await? == 0 {
            return Ok(false);
        }
        self.run(END_SESSIONS, vec![id.into()]).await?;
        self.run(HIDE_STYLES, vec![id.into(), now.into()]).await?;
        Ok(true)
    }

    async fn lock(&mut self, user: UserId) -> Result<AccountLock, StorageError> {
        let id = user.0;
        self.run(PATIENCE, Vec::new()).await?;
        if !self
            .answer(LOCK_ERASURES, Vec::new())
            .await?
            .get::<bool>("ours")?
        {
            return Ok(AccountLock::Busy);
        }
        if self.one(LOCK_USER, vec![id.into()]).await?.is_none() {
            return Ok(AccountLock::Gone);
        }
        self.all(LOCK_ORDERS, vec![id.into()]).await?;
        let wallet = self.one(LOCK_WALLET, vec![id.into()]).await?;
        let situation = self.answer(SITUATION, vec![id.into()]).await?;
        Ok(AccountLock::Locked(LockedAccount {
            open_generations: situation.get("open_generations")?,
            used_by_others: situation.get("used_by_others")?,
            available: wallet.map_or(Ok(Tokens::ZERO), |row| row.tokens("available"))?,
        }))
    }

    async fn delete_likes_and_comments(&mut self, user: UserId) -> Result<(), StorageError> {
        self.withdraw_likes_and_comments(user).await
    }

    async fn lock_artist_and_styles(&mut self, user: UserId) -> Result<LockedArtistAndStyles, StorageError> {
        let id = user.0;
        self.one(LOCK_FOLD, vec![id.into()]).await?;
        let artist = self.one(LOCK_ARTIST, vec![id.into()]).await?;
        self.all(LOCK_STYLES, vec![id.into()]).await?;
        let situation = self.answer(SITUATION, vec![id.into()]).await?;
        let unfolded = self.answer(UNFOLDED, vec![id.into()]).await?;
        let folded = artist.map_or(Ok(Tokens::ZERO), |row| row.tokens("earned_token_balance"))?;
        let earned = folded.checked_add(unfolded.tokens("unfolded")?);
        Ok(LockedArtistAndStyles {
            used_by_others: situation.get("used_by_others")?,
            earned: earned
                .ok_or_else(|| StorageError::Corrupt(format!("artist {user} has too many tokens")))?,
        })
    }

    async fn end_follows(&mut self, user: UserId) -> Result<(), StorageError> {
        self.end_all_follows(user).await
    }

    async fn objects(&mut self, user: UserId) -> Result<OwnedObjects, StorageError> {
        self.owned_objects(user).await
    }

    async fn return_tokens(
        &mut self,
        user: UserId,
        available: Tokens,
        earned: Tokens,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let entries = [
            Entry::erased_wallet(user, available),
            Entry::erased_earnings(user, earned),
        ];
        for entry in entries.into_iter().filter(|entry| entry.amount > Tokens::ZERO) {
            let values = vec![
                entry.key.as_str().into(),
                entry.kind.as_str().into(),
                entry.amount.get().into(),
                entry.debit.name().into(),
                entry.debit.user().map(|user| user.0).into(),
                entry.credit.name().into(),
                entry.credit.user().map(|user| user.0).into(),
                now.into(),
            ];
            self.run(ENTER, values).await?;
        }
        self.run(DROP_EARNINGS, vec![user.0.into()]).await?;
        Ok(())
    }

    async fn delete(&mut self, user: UserId) -> Result<(), StorageError> {
        self.run(DROP_TRAININGS, vec![user.0.into()]).await?;
        self.run(DELETE, vec![user.0.into()]).await?;
        Ok(())
    }

    async fn anonymize(
        &mut self,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<ObjectAddress>, StorageError> {
        let id = user.0;
        let picture = self.one(EMPTY_PROFILE, vec![id.into()]).await?;
        self.run(KEEP, vec![id.into(), now.into()]).await?;
        self.run(END_SESSIONS, vec![id.into()]).await?;
        self.run(HIDE_STYLES, vec![id.into(), now.into()]).await?;
        picture.map_or(Ok(None), |row| row.optional_object("bucket", "key"))
    }
}

impl PgUnitOfWork {
    /// The row of a statement that always answers with one.
    async fn answer(&self, sql: &str, values: Vec<Value>) -> Result<QueryResult, StorageError> {
        let row = self.one(sql, values).await?;
        row.ok_or_else(|| StorageError::Corrupt("a statement without an answer".to_owned()))
    }
}
