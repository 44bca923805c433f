//! Server-side sessions.

pub(crate) mod entity;

use std::collections::HashMap;

use async_trait::async_trait;
use domain::{
    StorageError, UserId,
    auth::{NewSession, SessionHash, SessionOwner, Sessions, StoredSession},
    users::Role,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryResult};

use self::entity::session;
use crate::{error::storage_error, pool::PgStore, row::ReadRow};

/// Also reads the account, so that a deactivation or a new role takes effect on the next request.
const LOAD: &str = "
SELECT s.data, s.expires_at, u.id AS user_id, u.is_active, u.is_admin, a.user_id IS NOT NULL AS is_artist
  FROM sessions s LEFT JOIN users u ON u.id = s.user_id LEFT JOIN artists a ON a.user_id = s.user_id
 WHERE s.id_hash = $1";

/// SQL because the database sets the creation time.
const CREATE: &str = "
INSERT INTO sessions (id_hash, user_id, data, expires_at, created_at) VALUES ($1, $2, $3, $4, now())";

#[async_trait]
impl Sessions for PgStore {
    async fn load(&self, hash: SessionHash) -> Result<Option<StoredSession>, StorageError> {
        let row = self.read_one(LOAD, vec![key(hash).into()]).await?;
        row.as_ref().map(stored_session).transpose()
    }

    async fn create(&self, session: NewSession) -> Result<(), StorageError> {
        let values = vec![
            key(session.hash).into(),
            session.user_id.map(|user| user.0).into(),
            data(session.data).into(),
            session.expires_at.into(),
        ];
        self.write(CREATE, values).await.map(drop)
    }

    async fn update(&self, session: NewSession) -> Result<bool, StorageError> {
        let change = session::ActiveModel {
            user_id: Set(session.user_id.map(|user| user.0)),
            data: Set(data(session.data)),
            expires_at: Set(session.expires_at),
            ..Default::default()
        };
        self.update_session(session.hash, change).await
    }

    async fn delete(&self, hash: SessionHash) -> Result<(), StorageError> {
        let delete = session::Entity::delete_by_id(key(hash));
        delete.exec(self.db()).await.map(drop).map_err(storage_error)
    }
}

impl PgStore {
    /// False when there is no such session.
    async fn update_session(
        &self,
        hash: SessionHash,
        change: session::ActiveModel,
    ) -> Result<bool, StorageError> {
        let update = session::Entity::update_many()
            .set(change)
            .filter(session::Column::IdHash.eq(key(hash)));
        let updated = update.exec(self.db()).await.map_err(storage_error)?;
        Ok(updated.rows_affected == 1)
    }
}

fn key(hash: SessionHash) -> Vec<u8> {
    hash.0.to_vec()
}

fn data(data: HashMap<String, String>) -> serde_json::Value {
    data.into_iter().collect()
}

fn stored_session(row: &QueryResult) -> Result<StoredSession, StorageError> {
    let data: serde_json::Value = row.get("data")?;
    let data: HashMap<String, String> =
        serde_json::from_value(data).map_err(|error| StorageError::Corrupt(format!("data: {error}")))?;
    Ok(StoredSession {
        data,
        owner: owner(row)?,
        expires_at: row.get("expires_at")?,
    })
}

fn owner(row: &QueryResult) -> Result<Option<SessionOwner>, StorageError> {
    let Some(user) = row.get::<Option<i64>>("user_id")? else {
        return Ok(None);
    };
    let is_artist = row.get("is_artist")?;
    Ok(Some(SessionOwner {
        user_id: UserId(user),
        is_active: row.get("is_active")?,
        role: Role::of(row.get("is_admin")?, is_artist),
        is_artist,
    }))
}
