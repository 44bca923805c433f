//! Accounts: first logins and artist profiles.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    StorageError, Tokens, UserId,
    auth::Identity,
    tokens::TokenTransaction,
    users::{Accounts, BecomeArtist, NewAccount, RegistrationOutcome},
};
use sea_orm::{ActiveValue::Set, EntityTrait, TryInsertResult, sea_query::OnConflict};

use super::entity::{artist, identity, user};
use crate::{error::storage_error, row::ReadRow, unit_of_work::PgUnitOfWork};

/// SQL because it joins two tables.
const FIND_BY_IDENTITY: &str = "
SELECT u.id, u.is_active FROM user_identities i JOIN users u ON u.id = i.user_id
 WHERE i.provider = $1 AND i.subject = $2";

/// SQL because one statement writes three tables.
const INSERT_PROFILE_AND_WALLET: &str = "
WITH profile AS (
  INSERT INTO user_profiles (user_id) VALUES ($1)
), wallet AS (
  INSERT INTO wallets (user_id, available) VALUES ($1, $2)
)
INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, credit_user_id,
  created_at)
VALUES ($3, $4, $2, $5, $6, $7, $8, $9)";

#[async_trait]
impl Accounts for PgUnitOfWork {
    async fn register(&mut self, account: NewAccount) -> Result<RegistrationOutcome, StorageError> {
        if let Some(existing) = self.find_by_identity(&account.identity).await? {
            return Ok(existing);
        }
        let Some(user) = self.insert_user(&account).await? else {
            // A concurrent callback of the same login may have taken the name.
            let existing = self.find_by_identity(&account.identity).await?;
            return Ok(existing.unwrap_or(RegistrationOutcome::UsernameTaken));
        };
        if !self.insert_identity(user, &account).await? {
            // A concurrent callback of the same login created an account with another name: delete this one.
            let delete = user::Entity::delete_by_id(user.0).exec(&self.tx);
            delete.await.map_err(storage_error)?;
            let existing = self.find_by_identity(&account.identity).await?;
            return existing.ok_or_else(|| StorageError::Corrupt("an identity has no account".into()));
        }
        self.insert_profile_and_wallet(user, account.now).await?;
        Ok(RegistrationOutcome::Created(user))
    }

    async fn become_artist(&mut self, artist: BecomeArtist) -> Result<bool, StorageError> {
        let row = artist::ActiveModel {
            user_id: Set(artist.user.0),
            artist_name: Set(artist.artist_name.into_string()),
            signature_bucket: Set(Some(artist.signature.bucket)),
            signature_key: Set(Some(artist.signature.key)),
            verified_email: Set(artist.verified_email.into_string()),
            created_at: Set(artist.now),
            updated_at: Set(artist.now),
            ..Default::default()
        };
        let inserted = artist::Entity::insert(row)
            .on_conflict(OnConflict::column(artist::Column::UserId).do_nothing().to_owned())
            .exec_without_returning(&self.tx)
            .await
            .map_err(storage_error)?;
        Ok(inserted == 1)
    }
}

impl PgUnitOfWork {
    async fn find_by_identity(
        &self,
        identity: &Identity,
    ) -> Result<Option<RegistrationOutcome>, StorageError> {
        let values = vec![identity.provider.into(), identity.subject.as_str().into()];
        let Some(row) = self.one(FIND_BY_IDENTITY, values).await? else {
            return Ok(None);
        };
        Ok(Some(RegistrationOutcome::Existing {
            user: UserId(row.get("id")?),
            is_active: row.get("is_active")?,
        }))
    }

    /// `None` when the name is taken. Waits for a concurrent transaction that inserts it.
    async fn insert_user(&self, account: &NewAccount) -> Result<Option<UserId>, StorageError> {
        let row = user::ActiveModel {
            username: Set(account.username.as_str().to_owned()),
            created_at: Set(account.now),
            updated_at: Set(account.now),
            ..Default::default()
        };
        let insert = user::Entity::insert(row).on_conflict_do_nothing_on([user::Column::Username]);
        match insert.exec(&self.tx).await.map_err(storage_error)? {
            TryInsertResult::Inserted(user) => Ok(Some(UserId(user.last_insert_id))),
            TryInsertResult::Conflicted | TryInsertResult::Empty => Ok(None),
        }
    }

    /// False when the identity exists. Waits for a concurrent transaction that inserts it.
    async fn insert_identity(&self, user: UserId, account: &NewAccount) -> Result<bool, StorageError> {
        let row = identity::ActiveModel {
            provider: Set(account.identity.provider.to_owned()),
            subject: Set(account.identity.subject.clone()),
            user_id: Set(user.0),
            email: Set(account.identity.email.clone()),
            email_verified: Set(true),
            created_at: Set(account.now),
        };
        let exists = OnConflict::columns([identity::Column::Provider, identity::Column::Subject])
            .do_nothing()
            .to_owned();
        let inserted = identity::Entity::insert(row)
            .on_conflict(exists)
            .exec_without_returning(&self.tx)
            .await
            .map_err(storage_error)?;
        Ok(inserted == 1)
    }

    /// With the welcome bonus and its ledger entry.
    async fn insert_profile_and_wallet(&self, user: UserId, now: DateTime<Utc>) -> Result<(), StorageError> {
        let welcome = TokenTransaction::welcome(user);
        let values = vec![
            user.0.into(),
            Tokens::WELCOME_BONUS.get().into(),
            welcome.key.as_str().into(),
            welcome.kind.as_str().into(),
            welcome.debit.name().into(),
            welcome.debit.user().map(|user| user.0).into(),
            welcome.credit.name().into(),
            welcome.credit.user().map(|user| user.0).into(),
            now.into(),
        ];
        self.run(INSERT_PROFILE_AND_WALLET, values).await?;
        Ok(())
    }
}
