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
    tokens::TokenTransaction,
    users::{AccountLock, Erasures, LockedAccount, LockedArtistAndStyles, OwnedObjects},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryResult, QuerySelect, Value,
    sea_query::{Expr, Func, LockType},
};

use super::entity::{artist, user};
use crate::{
    auth::entity::session,
    error::storage_error,
    row::{ReadRow, checked, required},
    styles::entity::style,
    tokens::entity::{earning_delta, transaction, wallet},
    unit_of_work::PgUnitOfWork,
};

/// Everything a prolific account owns goes by one statement, which may take longer than others.
const PATIENCE: &str = "SET LOCAL statement_timeout = '60s'";

/// One erasure at a time: two that lower each other's counters would wait for one another. None waits its turn here:
/// it would keep a connection that everybody else needs.
const LOCK_ERASURES: &str = "SELECT pg_try_advisory_xact_lock(hashtext('erasure')) AS ours";

/// Locked without being read. They lose their buyer in the end; a grant takes an order first and the wallet second, too.
const LOCK_ORDERS: &str = "SELECT order_id FROM purchases WHERE user_id = $1 ORDER BY order_id FOR UPDATE";

/// The fold takes earnings first and artists second, in any order. While this is held it does nothing. An erasure that
/// touches no artist leaves it alone.
const LOCK_FOLD: &str = "
SELECT pg_advisory_xact_lock(hashtext('fold'))
 WHERE EXISTS (SELECT FROM artists WHERE user_id = $1) OR EXISTS (SELECT FROM follows WHERE follower_id = $1)";

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

/// SQL because it adds up.
const UNFOLDED: &str =
    "SELECT COALESCE(sum(amount), 0)::bigint AS unfolded FROM earning_deltas WHERE artist_id = $1";

/// Joins two tables.
const DROP_TRAININGS: &str = "
DELETE FROM outbox_messages o USING style_models m
 WHERE m.artist_id = $1 AND o.topic = 'model_training' AND o.subject_id = m.id";

/// Only its name stays, beside what the account made and wrote. SQL because it returns the values from before.
const EMPTY_PROFILE: &str = "
UPDATE user_profiles p SET bio = '', profile_image_bucket = NULL, profile_image_key = NULL
  FROM (SELECT profile_image_bucket AS bucket, profile_image_key AS key FROM user_profiles WHERE user_id = $1) AS before
 WHERE p.user_id = $1
RETURNING before.bucket, before.key";

#[async_trait]
impl Erasures for PgUnitOfWork {
    async fn deactivate(&mut self, user: UserId, now: DateTime<Utc>) -> Result<bool, StorageError> {
        // Asking again keeps the time of the first asking.
        let asked = Func::coalesce([Expr::col(user::Column::ErasureRequestedAt), Expr::val(now)]);
        let update = user::Entity::update_many()
            .set(user::ActiveModel {
                is_active: Set(false),
                updated_at: Set(now),
                ..Default::default()
            })
            .col_expr(user::Column::ErasureRequestedAt, asked.into())
            .filter(user::Column::Id.eq(user.0));
        if update.exec(&self.tx).await.map_err(storage_error)?.rows_affected == 0 {
            return Ok(false);
        }
        self.end_sessions_and_hide_styles(user, now).await?;
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
        let account = user::Entity::find_by_id(id)
            .filter(user::Column::ErasureRequestedAt.is_not_null())
            .lock(LockType::Update);
        if account.one(&self.tx).await.map_err(storage_error)?.is_none() {
            return Ok(AccountLock::Gone);
        }
        self.all(LOCK_ORDERS, vec![id.into()]).await?;
        let wallet = wallet::Entity::find_by_id(id)
            .lock(LockType::Update)
            .one(&self.tx)
            .await;
        let wallet = wallet.map_err(storage_error)?;
        let situation = self.answer(SITUATION, vec![id.into()]).await?;
        Ok(AccountLock::Locked(LockedAccount {
            open_generations: situation.get("open_generations")?,
            used_by_others: situation.get("used_by_others")?,
            available: checked(
                "available",
                Tokens::new(wallet.map_or(0, |wallet| wallet.available)),
            )?,
        }))
    }

    async fn delete_likes_and_comments(&mut self, user: UserId) -> Result<(), StorageError> {
        self.withdraw_likes_and_comments(user).await
    }

    async fn lock_artist_and_styles(&mut self, user: UserId) -> Result<LockedArtistAndStyles, StorageError> {
        let id = user.0;
        self.one(LOCK_FOLD, vec![id.into()]).await?;
        let artist = artist::Entity::find_by_id(id)
            .lock(LockType::Update)
            .one(&self.tx)
            .await;
        let folded = artist
            .map_err(storage_error)?
            .map_or(0, |artist| artist.earned_token_balance);
        self.all(LOCK_STYLES, vec![id.into()]).await?;
        let situation = self.answer(SITUATION, vec![id.into()]).await?;
        let unfolded = self.answer(UNFOLDED, vec![id.into()]).await?;
        let folded = checked("earned_token_balance", Tokens::new(folded))?;
        let earned = folded.checked_add(unfolded.tokens("unfolded")?);
        Ok(LockedArtistAndStyles {
            used_by_others: situation.get("used_by_others")?,
            earned: earned
                .ok_or_else(|| StorageError::Corrupt(format!("artist {user} has too many tokens")))?,
        })
    }

    async fn delete_follows(&mut self, user: UserId) -> Result<(), StorageError> {
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
            TokenTransaction::erased_wallet(user, available),
            TokenTransaction::erased_earnings(user, earned),
        ];
        for entry in entries.into_iter().filter(|entry| entry.amount > Tokens::ZERO) {
            let row = transaction::ActiveModel {
                key: Set(entry.key.as_str().to_owned()),
                kind: Set(entry.kind.as_str().to_owned()),
                amount: Set(entry.amount.get()),
                debit_account: Set(entry.debit.name().to_owned()),
                debit_user_id: Set(entry.debit.user().map(|user| user.0)),
                credit_account: Set(entry.credit.name().to_owned()),
                credit_user_id: Set(entry.credit.user().map(|user| user.0)),
                created_at: Set(now),
                ..Default::default()
            };
            let insert = transaction::Entity::insert(row).exec_without_returning(&self.tx);
            insert.await.map_err(storage_error)?;
        }
        let earnings = earning_delta::Entity::delete_many()
            .filter(earning_delta::Column::ArtistId.eq(user.0))
            .exec(&self.tx);
        earnings.await.map(drop).map_err(storage_error)
    }

    /// The foreign keys delete all that belongs to the account.
    async fn delete(&mut self, user: UserId) -> Result<(), StorageError> {
        self.run(DROP_TRAININGS, vec![user.0.into()]).await?;
        let account = user::Entity::delete_by_id(user.0).exec(&self.tx);
        account.await.map(drop).map_err(storage_error)
    }

    async fn anonymize(
        &mut self,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<ObjectAddress>, StorageError> {
        let picture = self.one(EMPTY_PROFILE, vec![user.0.into()]).await?;
        let update = user::Entity::update_many()
            .set(user::ActiveModel {
                erasure_requested_at: Set(None),
                updated_at: Set(now),
                ..Default::default()
            })
            .filter(user::Column::Id.eq(user.0));
        update.exec(&self.tx).await.map_err(storage_error)?;
        self.end_sessions_and_hide_styles(user, now).await?;
        picture.map_or(Ok(None), |row| row.optional_object("bucket", "key"))
    }
}

impl PgUnitOfWork {
    async fn end_sessions_and_hide_styles(
        &self,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let sessions = session::Entity::delete_many().filter(session::Column::UserId.eq(user.0));
        sessions.exec(&self.tx).await.map_err(storage_error)?;
        let styles = style::Entity::update_many()
            .set(style::ActiveModel {
                is_active: Set(false),
                updated_at: Set(now),
                ..Default::default()
            })
            .col_expr(
                style::Column::Version,
                Expr::col(style::Column::Version).add(1_i64),
            )
            .filter(style::Column::ArtistId.eq(user.0))
            .filter(style::Column::IsActive.eq(true));
        styles.exec(&self.tx).await.map(drop).map_err(storage_error)
    }

    async fn answer(&self, sql: &str, values: Vec<Value>) -> Result<QueryResult, StorageError> {
        required(self.one(sql, values).await?)
    }
}
