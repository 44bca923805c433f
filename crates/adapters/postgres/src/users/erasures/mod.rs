//! Erasure of an account, in one transaction.
//!
//! Locks are acquired in this order: the erasure lock, the account, its orders, its wallet; posts and comments of other
//! users; the earnings lock, the account's artist profile, its styles; artists and profiles of other users. Rows of one
//! table are locked in order of id. Every write that adds rows to the account waits for its lock, so the counts below
//! are final. A concurrent statement with another lock order may deadlock with the erasure. An erasure that is aborted
//! is retried.
//!
//! The earnings job waits while an artist is locked, so the slow deletion of likes and comments runs before that. The account's
//! own rows are deleted last.

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
    ColumnTrait, EntityTrait, QueryFilter, QueryResult, QuerySelect, Value,
    sea_query::{Expr, Func, LockType},
};

use super::entity::{artist, user};
use crate::{
    auth::entity::session,
    error::storage_error,
    row::{ReadRow, checked, required},
    tokens::entity::{earning_delta, transaction, wallet},
    unit_of_work::PgUnitOfWork,
};

/// One statement deletes everything that the account owns, which can take longer than other statements.
const SET_TIMEOUT: &str = "SET LOCAL statement_timeout = '60s'";

/// One erasure at a time, because two that decrement each other's counters would deadlock. It does not wait for the
/// lock, which would block a connection of the pool.
const LOCK_ERASURES: &str = "SELECT pg_try_advisory_xact_lock(hashtext('erasure')) AS acquired";

/// The deletion clears their buyer. A grant locks the order before the wallet, too.
const LOCK_ORDERS: &str = "SELECT order_id FROM purchases WHERE user_id = $1 ORDER BY order_id FOR UPDATE";

/// The earnings job locks earnings and artists in any order, so it must not run concurrently. Not needed for an erasure that
/// changes no artist.
const LOCK_EARNINGS: &str = "
SELECT pg_advisory_xact_lock(hashtext('fold'))
 WHERE EXISTS (SELECT FROM artists WHERE user_id = $1) OR EXISTS (SELECT FROM follows WHERE follower_id = $1)";

/// Waits for concurrent holds, which lock their style. Their generations are counted below.
const LOCK_STYLES: &str = "SELECT id FROM style_models WHERE artist_id = $1 ORDER BY id FOR UPDATE";

/// Read after the locks are acquired. Used by others: another user has a generation in one of the styles, in any state,
/// or the ledger has a capture of one, even if the generation and its payer are deleted.
const USAGE: &str = "
SELECT (SELECT count(*) FROM generation_requests
         WHERE user_id = $1 AND status IN ('queued', 'processing', 'retrying')) AS open_generations,
       EXISTS (SELECT FROM style_models m JOIN generation_requests g ON g.style_id = m.id
                WHERE m.artist_id = $1 AND g.user_id <> $1)
       OR EXISTS (SELECT FROM token_transactions h
                    JOIN token_transactions s ON s.key = 'settle:' || h.generation_id AND s.kind = 'capture'
                   WHERE h.kind = 'hold' AND h.payee_id = $1 AND h.debit_user_id <> $1) AS used_by_others";

/// SQL because it aggregates.
const PENDING_EARNINGS: &str =
    "SELECT COALESCE(sum(amount), 0)::bigint AS pending FROM earning_deltas WHERE artist_id = $1";

/// SQL because it joins two tables.
const DELETE_TRAINING_TASKS: &str = "
DELETE FROM outbox_messages o USING style_models m
 WHERE m.artist_id = $1 AND o.topic = 'model_training' AND o.subject_id = m.id";

/// SQL because it returns the previous values.
const CLEAR_PROFILE: &str = "
UPDATE user_profiles p SET bio = '', profile_image_bucket = NULL, profile_image_key = NULL
  FROM (SELECT profile_image_bucket AS bucket, profile_image_key AS key FROM user_profiles WHERE user_id = $1) AS previous
 WHERE p.user_id = $1
RETURNING previous.bucket, previous.key";

#[async_trait]
impl Erasures for PgUnitOfWork {
    async fn deactivate(&mut self, user: UserId, now: DateTime<Utc>) -> Result<bool, StorageError> {
        // A repeated request keeps the time of the first one.
        let requested_at = Func::coalesce([Expr::col(user::Column::ErasureRequestedAt), Expr::val(now)]);
        let update = user::Entity::update_many()
            .set(user::ActiveModel {
                is_active: Set(false),
                updated_at: Set(now),
                ..Default::default()
            })
            .col_expr(user::Column::ErasureRequestedAt, requested_at.into())
            .filter(user::Column::Id.eq(user.0));
        if update.exec(&self.tx).await.map_err(storage_error)?.rows_affected == 0 {
            return Ok(false);
        }
        self.end_sessions_and_hide_styles(user, now).await?;
        Ok(true)
    }

    async fn lock(&mut self, user: UserId) -> Result<AccountLock, StorageError> {
        let id = user.0;
        self.run(SET_TIMEOUT, Vec::new()).await?;
        if !self
            .required_one(LOCK_ERASURES, Vec::new())
            .await?
            .get::<bool>("acquired")?
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
        let usage = self.required_one(USAGE, vec![id.into()]).await?;
        Ok(AccountLock::Locked(LockedAccount {
            open_generations: usage.get("open_generations")?,
            used_by_others: usage.get("used_by_others")?,
            available: checked(
                "available",
                Tokens::new(wallet.map_or(0, |wallet| wallet.available)),
            )?,
        }))
    }

    async fn delete_likes_and_comments(&mut self, user: UserId) -> Result<(), StorageError> {
        self.run_each(&counters::LIKES_AND_COMMENTS, user).await
    }

    async fn lock_artist_and_styles(&mut self, user: UserId) -> Result<LockedArtistAndStyles, StorageError> {
        let id = user.0;
        self.one(LOCK_EARNINGS, vec![id.into()]).await?;
        let artist = artist::Entity::find_by_id(id)
            .lock(LockType::Update)
            .one(&self.tx)
            .await;
        let applied = artist
            .map_err(storage_error)?
            .map_or(0, |artist| artist.earned_token_balance);
        self.all(LOCK_STYLES, vec![id.into()]).await?;
        let usage = self.required_one(USAGE, vec![id.into()]).await?;
        let pending = self.required_one(PENDING_EARNINGS, vec![id.into()]).await?;
        let applied = checked("earned_token_balance", Tokens::new(applied))?;
        let earned = applied.checked_add(pending.tokens("pending")?);
        Ok(LockedArtistAndStyles {
            used_by_others: usage.get("used_by_others")?,
            earned: earned
                .ok_or_else(|| StorageError::Corrupt(format!("artist {user} has too many tokens")))?,
        })
    }

    async fn delete_follows(&mut self, user: UserId) -> Result<(), StorageError> {
        self.run_each(&counters::FOLLOWS, user).await
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

    /// The foreign keys delete the account's rows in other tables.
    async fn delete(&mut self, user: UserId) -> Result<(), StorageError> {
        self.run(DELETE_TRAINING_TASKS, vec![user.0.into()]).await?;
        let account = user::Entity::delete_by_id(user.0).exec(&self.tx);
        account.await.map(drop).map_err(storage_error)
    }

    async fn anonymize(
        &mut self,
        user: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<ObjectAddress>, StorageError> {
        let picture = self.one(CLEAR_PROFILE, vec![user.0.into()]).await?;
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
        self.withdraw_styles(user, now).await
    }

    async fn required_one(&self, sql: &str, values: Vec<Value>) -> Result<QueryResult, StorageError> {
        required(self.one(sql, values).await?)
    }
}
