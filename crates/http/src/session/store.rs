//! The session layer's store over the `Sessions` port.

use std::{collections::HashMap, sync::Arc};

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    StorageError, UserId,
    auth::{NewSession, SessionHash, SessionOwner, Sessions},
    clock::Clock,
};
use sha2::{Digest, Sha256};

use super::{LOGIN_LIFETIME, field};

type State = HashMap<String, String>;

/// Keeps sessions through the port and puts the owner, as the account is now, into every state it loads.
#[derive(Clone)]
pub struct PortStore {
    sessions: Arc<dyn Sessions>,
    clock: Arc<dyn Clock>,
}

impl PortStore {
    /// A store over `sessions`.
    pub fn new(sessions: Arc<dyn Sessions>, clock: Arc<dyn Clock>) -> Self {
        Self { sessions, clock }
    }

    /// Keeps `state` as a new session. One without an owner is for a login under way and lives shorter.
    async fn create(&self, mut state: State, lifetime: Duration) -> Result<SessionKey, anyhow::Error> {
        let user_id = take_owner(&mut state);
        let lifetime = if user_id.is_some() {
            lifetime
        } else {
            lifetime.min(LOGIN_LIFETIME)
        };
        let key = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let session = NewSession {
            hash: hash(&key),
            user_id,
            data: state,
            expires_at: self.clock.now() + TimeDelta::seconds(lifetime.whole_seconds()),
        };
        self.sessions.create(session).await.map_err(logged)?;
        Ok(SessionKey::try_from(key)?)
    }

    /// Changes a live session, and only that: one that was ended meanwhile stays ended. The end of its life stays.
    async fn change(
        &self,
        key: SessionKey,
        mut state: State,
        lifetime: Duration,
    ) -> Result<SessionKey, anyhow::Error> {
        let expires_at = state
            .get(field::EXPIRES_AT)
            .and_then(|text| text.parse::<DateTime<Utc>>().ok());
        let Some(expires_at) = expires_at else {
            // Loaded as expired: what is written now belongs to a session of its own.
            state.retain(|name, _| !field::DERIVED.contains(&name.as_str()));
            return if state.is_empty() {
                Ok(key)
            } else {
                self.create(state, lifetime).await
            };
        };
        let session = NewSession {
            hash: hash(key.as_ref()),
            user_id: take_owner(&mut state),
            data: state,
            expires_at,
        };
        if !self.sessions.update(session).await.map_err(logged)? {
            tracing::debug!("a session ended while a request used it");
        }
        Ok(key)
    }
}

impl SessionStore for PortStore {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let found = self
            .sessions
            .load(hash(key.as_ref()))
            .await
            .map_err(|error| LoadError::Other(logged(error)))?;
        let Some(live) = found else {
            return Ok(None);
        };
        if live.owner.as_ref().is_some_and(|owner| !owner.is_active) {
            return Ok(None);
        }
        if live.expires_at <= self.clock.now() {
            // Somebody who was signed in is told that it is over; a login that took too long just starts again.
            return Ok(live.owner.map(|_| marked(field::EXPIRED)));
        }
        let mut state = live.data;
        state.retain(|name, _| !field::DERIVED.contains(&name.as_str()));
        state.insert(field::EXPIRES_AT.into(), live.expires_at.to_rfc3339());
        if let Some(owner) = live.owner {
            put_owner(&mut state, &owner);
        }
        Ok(Some(state))
    }

    async fn save(&self, state: State, lifetime: &Duration) -> Result<SessionKey, SaveError> {
        self.create(state, *lifetime).await.map_err(SaveError::Other)
    }

    async fn update(
        &self,
        key: SessionKey,
        state: State,
        lifetime: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        self.change(key, state, *lifetime)
            .await
            .map_err(UpdateError::Other)
    }

    /// Nothing extends a session: its end is absolute.
    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        self.sessions.delete(hash(key.as_ref())).await.map_err(logged)
    }
}

/// The table holds this, never the key.
fn hash(key: &str) -> SessionHash {
    SessionHash(Sha256::digest(key.as_bytes()).into())
}

fn marked(name: &str) -> State {
    State::from([(name.to_owned(), "true".to_owned())])
}

fn put_owner(state: &mut State, owner: &SessionOwner) {
    state.insert(field::USER_ID.into(), owner.user_id.to_string());
    state.insert(field::ROLE.into(), owner.role.as_str().into());
    state.insert(field::IS_ARTIST.into(), owner.is_artist.to_string());
}

/// Takes the owner and every marker out of a state: the rest is data.
fn take_owner(state: &mut State) -> Option<UserId> {
    let owner = state
        .remove(field::USER_ID)
        .and_then(|id| id.parse().ok())
        .map(UserId);
    state.retain(|name, _| !field::DERIVED.contains(&name.as_str()));
    owner
}

/// The layer above answers without a word, so the reason is logged here. (Its trait asks for this error type.)
fn logged(error: StorageError) -> anyhow::Error {
    let error = anyhow::Error::new(error);
    tracing::error!(error = format!("{error:#}"), "the session store failed");
    error
}
