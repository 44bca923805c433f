//! Server-side sessions.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    StorageError, UserId,
    auth::{LiveSession, NewSession, SessionHash, SessionOwner, Sessions},
    users::Role,
};
use sea_orm::{QueryResult, Value};

use crate::{pool::PgStore, row::ReadRow};

/// The account comes with the session, so that a deactivation or a new role acts on the next request.
const LOAD: &str = "
SELECT s.data, s.expires_at, u.id AS user_id, u.is_active, u.is_admin, a.user_id IS NOT NULL AS is_artist
  FROM sessions s LEFT JOIN users u ON u.id = s.user_id LEFT JOIN artists a ON a.user_id = s.user_id
 WHERE s.id_hash = $1";

#[async_trait]
impl Sessions for PgStore {
    async fn load(&self, hash: SessionHash) -> Result<Option<LiveSession>, StorageError> {
        let row = self.read_one(LOAD, vec![hash_value(hash)]).await?;
        row.as_ref().map(live_session).transpose()
    }

    async fn create(&self, session: NewSession) -> Result<(), StorageError> {
        let sql = "
            INSERT INTO sessions (id_hash, user_id, data, expires_at, created_at) VALUES ($1, $2, $3, $4, now())";
        self.write(sql, values(session)).await?;
        Ok(())
    }

    async fn update(&self, session: NewSession) -> Result<bool, StorageError> {
        let sql = "UPDATE sessions SET user_id = $2, data = $3, expires_at = $4 WHERE id_hash = $1";
        Ok(self.write(sql, values(session)).await? == 1)
    }

    async fn extend(&self, hash: SessionHash, expires_at: DateTime<Utc>) -> Result<(), StorageError> {
        let sql = "UPDATE sessions SET expires_at = $2 WHERE id_hash = $1";
        self.write(sql, vec![hash_value(hash), expires_at.into()]).await?;
        Ok(())
    }

    async fn delete(&self, hash: SessionHash) -> Result<(), StorageError> {
        let sql = "DELETE FROM sessions WHERE id_hash = $1";
        self.write(sql, vec![hash_value(hash)]).await?;
        Ok(())
    }
}

fn hash_value(hash: SessionHash) -> Value {
    hash.0.to_vec().into()
}

fn values(session: NewSession) -> Vec<Value> {
    let data = session
        .data
        .into_iter()
        .map(|(name, value)| (name, serde_json::Value::String(value)))
        .collect();
    vec![
        hash_value(session.hash),
        session.user_id.map(|user| user.0).into(),
        serde_json::Value::Object(data).into(),
        session.expires_at.into(),
    ]
}

fn live_session(row: &QueryResult) -> Result<LiveSession, StorageError> {
    let data: serde_json::Value = row.get("data")?;
    let data: HashMap<String, String> =
        serde_json::from_value(data).map_err(|error| StorageError::Corrupt(format!("data: {error}")))?;
    Ok(LiveSession {
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
