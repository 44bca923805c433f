//! Changes of a profile by its owner.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    StorageError, UserId,
    users::{ProfileUpdate, ProfileUpdateOutcome, Profiles, Username},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::LockType,
};

use super::entity::{profile, user};
use crate::{
    error::{storage_error, violated_constraint},
    pool::statement,
    row::{ReadRow, object},
    unit_of_work::PgUnitOfWork,
};

/// No row: another account has the name. SQL because a guard, unlike a violated constraint, does not abort the
/// transaction.
const CHANGE_ACCOUNT: &str = "
UPDATE users SET username = COALESCE($2::text, username), updated_at = CASE WHEN $3 THEN $4 ELSE updated_at END
 WHERE id = $1
   AND ($2::text IS NULL OR NOT EXISTS (SELECT FROM users o WHERE o.username = $2 AND o.id <> $1))
RETURNING updated_at";

#[async_trait]
impl Profiles for PgUnitOfWork {
    async fn change(
        &mut self,
        user: UserId,
        change: ProfileUpdate,
        now: DateTime<Utc>,
    ) -> Result<ProfileUpdateOutcome, StorageError> {
        // Locks the account first, as all writers do: an erasure holds this lock until its end. A username is a key, so
        // its change needs the stronger lock. Upgrading the lock later could deadlock with a concurrent write of the
        // user.
        let lock = match change.username {
            Some(_) => LockType::Update,
            None => LockType::NoKeyUpdate,
        };
        let account = user::Entity::find_by_id(user.0)
            .filter(user::Column::IsActive.eq(true))
            .lock(lock);
        if account.one(&self.tx).await.map_err(storage_error)?.is_none() {
            return Ok(ProfileUpdateOutcome::Gone);
        }
        let profile = profile::Entity::find_by_id(user.0).lock(LockType::NoKeyUpdate);
        let Some(before) = profile.one(&self.tx).await.map_err(storage_error)? else {
            return Ok(ProfileUpdateOutcome::Gone);
        };
        let has_changes = !change.is_empty();
        let updated_at = self
            .change_account(user, change.username, has_changes, now)
            .await?;
        let Some(updated_at) = updated_at else {
            return Ok(ProfileUpdateOutcome::UsernameTaken);
        };
        let replaces_picture = change.picture.is_some();
        let mut update = profile::ActiveModel::default();
        if let Some(bio) = change.bio {
            update.bio = Set(bio.into_string());
        }
        if let Some(picture) = change.picture {
            let (bucket, key) = picture.map(|picture| (picture.bucket, picture.key)).unzip();
            update.profile_image_bucket = Set(bucket);
            update.profile_image_key = Set(key);
        }
        let update = profile::Entity::update_many()
            .set(update)
            .filter(profile::Column::UserId.eq(user.0));
        update.exec(&self.tx).await.map_err(storage_error)?;
        let before = object(before.profile_image_bucket, before.profile_image_key)?;
        Ok(ProfileUpdateOutcome::Done {
            replaced: before.filter(|_| replaces_picture),
            updated_at,
        })
    }
}

impl PgUnitOfWork {
    /// Returns the time of the last change. `None` when another account has the name, possibly taken concurrently.
    async fn change_account(
        &self,
        user: UserId,
        username: Option<Username>,
        has_changes: bool,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError> {
        let values = vec![
            user.0.into(),
            username.map(Username::into_string).into(),
            has_changes.into(),
            now.into(),
        ];
        match self.tx.query_one_raw(statement(CHANGE_ACCOUNT, values)).await {
            Ok(row) => row.map(|row| row.get("updated_at")).transpose(),
            Err(error) if violated_constraint(&error) == Some("uk_users_username") => Ok(None),
            Err(error) => Err(storage_error(error)),
        }
    }
}
