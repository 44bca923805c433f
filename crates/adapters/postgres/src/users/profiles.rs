//! What an account shows of itself.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    StorageError, UserId,
    users::{Bio, ProfileUpdate, ProfileUpdateOutcome, Profiles, Username},
};
use sea_orm::ConnectionTrait;

use crate::unit_of_work::PgUnitOfWork;
use crate::{
    error::{storage_error, violated_constraint},
    pool::statement,
    row::ReadRow,
};

/// The account's row goes first, as everywhere: an erasure holds it from its beginning.
const LOCK: &str = "
SELECT u.id FROM users u WHERE u.id = $1 AND u.is_active FOR NO KEY UPDATE";

/// A username is a key: changing it needs the stronger lock. Taken in two steps, somebody who acts in between holds up
/// the second one and waits for the first.
const LOCK_TO_RENAME: &str = "
SELECT u.id FROM users u WHERE u.id = $1 AND u.is_active FOR UPDATE";

const PICTURE: &str = "
SELECT profile_image_bucket, profile_image_key FROM user_profiles WHERE user_id = $1 FOR NO KEY UPDATE";

/// No row: somebody else has the name.
const CHANGE_ACCOUNT: &str = "
UPDATE users SET username = COALESCE($2::text, username), updated_at = CASE WHEN $3 THEN $4 ELSE updated_at END
 WHERE id = $1
   AND ($2::text IS NULL OR NOT EXISTS (SELECT FROM users o WHERE o.username = $2 AND o.id <> $1))
RETURNING updated_at";

const CHANGE_PROFILE: &str = "
UPDATE user_profiles
   SET bio = COALESCE($2::text, bio),
       profile_image_bucket = CASE WHEN $3 THEN $4::text ELSE profile_image_bucket END,
       profile_image_key = CASE WHEN $3 THEN $5::text ELSE profile_image_key END
 WHERE user_id = $1";

#[async_trait]
impl Profiles for PgUnitOfWork {
    async fn change(
        &mut self,
        user: UserId,
        change: ProfileUpdate,
        now: DateTime<Utc>,
    ) -> Result<ProfileUpdateOutcome, StorageError> {
        let lock = match change.username {
            Some(_) => LOCK_TO_RENAME,
            None => LOCK,
        };
        if self.one(lock, vec![user.0.into()]).await?.is_none() {
            return Ok(ProfileUpdateOutcome::Gone);
        }
        let Some(before) = self.one(PICTURE, vec![user.0.into()]).await? else {
            return Ok(ProfileUpdateOutcome::Gone);
        };
        let changes = !change.is_empty();
        let Some(updated_at) = self.change_account(user, change.username, changes, now).await? else {
            return Ok(ProfileUpdateOutcome::UsernameTaken);
        };
        let replaces = change.picture.is_some();
        let (bucket, key) = change
            .picture
            .flatten()
            .map(|picture| (picture.bucket, picture.key))
            .unzip();
        let values = vec![
            user.0.into(),
            change.bio.map(Bio::into_string).into(),
            replaces.into(),
            bucket.into(),
            key.into(),
        ];
        self.run(CHANGE_PROFILE, values).await?;
        let before = before.optional_object("profile_image_bucket", "profile_image_key")?;
        Ok(ProfileUpdateOutcome::Done {
            replaced: before.filter(|_| replaces),
            updated_at,
        })
    }
}

impl PgUnitOfWork {
    /// Returns the time of the last change; `None` when somebody else has the name, perhaps since a moment ago.
    async fn change_account(
        &self,
        user: UserId,
        username: Option<Username>,
        changes: bool,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError> {
        let values = vec![
            user.0.into(),
            username.map(Username::into_string).into(),
            changes.into(),
            now.into(),
        ];
        match self.tx.query_one_raw(statement(CHANGE_ACCOUNT, values)).await {
            Ok(row) => row.map(|row| row.get("updated_at")).transpose(),
            Err(error) if violated_constraint(&error) == Some("uk_users_username") => Ok(None),
            Err(error) => Err(storage_error(error)),
        }
    }
}
