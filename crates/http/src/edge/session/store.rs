//! The session store of actix-session, implemented with the `Sessions` port.

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

/// Lifetime of a login in progress (state, nonce and PKCE verifier).
const LOGIN_LIFETIME: Duration = Duration::hours(1);

/// Keys of the session state. Keys with an underscore are set when a session is loaded, and not stored.
pub(super) mod field {
    pub(in super::super) const USER_ID: &str = "user_id";
    pub(in super::super) const ROLE: &str = "_role";
    pub(in super::super) const IS_ARTIST: &str = "_is_artist";
    pub(in super::super) const EXPIRED: &str = "_expired";
    pub(in super::super) const EXPIRES_AT: &str = "_expires_at";

    /// Not stored in the data: the user id has a column, the others are set on load.
    pub(in super::super) const DERIVED: [&str; 5] = [USER_ID, ROLE, IS_ARTIST, EXPIRED, EXPIRES_AT];
}

type State = HashMap<String, String>;

/// A loaded state contains the current role of the owner, not the role at login.
#[derive(Clone)]
pub struct DatabaseSessions {
    sessions: Arc<dyn Sessions>,
    clock: Arc<dyn Clock>,
}

impl DatabaseSessions {
    pub fn new(sessions: Arc<dyn Sessions>, clock: Arc<dyn Clock>) -> Self {
        Self { sessions, clock }
    }

    /// A session without an owner is a login in progress and has a shorter lifetime.
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
        self.sessions.create(session).await.map_err(log_error)?;
        Ok(SessionKey::try_from(key)?)
    }

    /// Updates an existing session without changing its expiry. A session that was deleted in the meantime is not created
    /// again.
    async fn update_session(
        &self,
        key: SessionKey,
        mut state: State,
        lifetime: Duration,
    ) -> Result<SessionKey, anyhow::Error> {
        let expires_at = state
            .get(field::EXPIRES_AT)
            .and_then(|text| text.parse::<DateTime<Utc>>().ok());
        let Some(expires_at) = expires_at else {
            // The session was loaded as expired, so new data belongs to a new session.
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
        if !self.sessions.update(session).await.map_err(log_error)? {
            tracing::debug!("a session was deleted during a request");
        }
        Ok(key)
    }
}

impl SessionStore for DatabaseSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let found = self
            .sessions
            .load(hash(key.as_ref()))
            .await
            .map_err(|error| LoadError::Other(log_error(error)))?;
        let Some(live) = found else {
            return Ok(None);
        };
        if live.owner.as_ref().is_some_and(|owner| !owner.is_active) {
            return Ok(None);
        }
        if live.expires_at <= self.clock.now() {
            // Only a user gets `SESSION_EXPIRED`. A login that has timed out is restarted.
            return Ok(live.owner.map(|_| state_with_marker(field::EXPIRED)));
        }
        let mut state = live.data;
        state.retain(|name, _| !field::DERIVED.contains(&name.as_str()));
        state.insert(field::EXPIRES_AT.into(), live.expires_at.to_rfc3339());
        if let Some(owner) = live.owner {
            insert_owner(&mut state, &owner);
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
        self.update_session(key, state, *lifetime)
            .await
            .map_err(UpdateError::Other)
    }

    /// Sessions are not extended.
    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        self.sessions.delete(hash(key.as_ref())).await.map_err(log_error)
    }
}

/// The database stores only the hash of the key.
fn hash(key: &str) -> SessionHash {
    SessionHash(Sha256::digest(key.as_bytes()).into())
}

fn state_with_marker(name: &str) -> State {
    State::from([(name.to_owned(), "true".to_owned())])
}

fn insert_owner(state: &mut State, owner: &SessionOwner) {
    state.insert(field::USER_ID.into(), owner.user_id.to_string());
    state.insert(field::ROLE.into(), owner.role.as_str().into());
    state.insert(field::IS_ARTIST.into(), owner.is_artist.to_string());
}

/// Removes the derived keys from the state and returns the owner.
fn take_owner(state: &mut State) -> Option<UserId> {
    let owner = state
        .remove(field::USER_ID)
        .and_then(|id| id.parse().ok())
        .map(UserId);
    state.retain(|name, _| !field::DERIVED.contains(&name.as_str()));
    owner
}

/// actix-session does not log errors.
fn log_error(error: StorageError) -> anyhow::Error {
    let error = anyhow::Error::new(error);
    tracing::error!(error = format!("{error:#}"), "the session store failed");
    error
}
