//! In-memory ports.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    StorageError, UserId,
    auth::{NewSession, SessionHash, SessionOwner, Sessions, StoredSession},
    clock::{Clock, Ids},
    generations::Seed,
    unit_of_work::{UnitOfWork, UnitOfWorkFactory},
    users::Role,
};
use uuid::Uuid;

pub struct ManualClock(Mutex<DateTime<Utc>>);

impl Default for ManualClock {
    fn default() -> Self {
        Self(Mutex::new("2026-01-01T00:00:00Z".parse().unwrap()))
    }
}

impl ManualClock {
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

#[derive(Default)]
pub struct SequentialIds(AtomicU64);

impl Ids for SequentialIds {
    fn uuid(&self) -> Uuid {
        Uuid::from_u64_pair(1, self.0.fetch_add(1, Ordering::SeqCst))
    }

    fn seed(&self) -> Seed {
        unreachable!("no seeds are generated")
    }
}

/// Sessions and the accounts of their owners.
#[derive(Default)]
pub struct MemorySessions {
    pub rows: Mutex<HashMap<[u8; 32], NewSession>>,
    pub owners: Mutex<HashMap<i64, SessionOwner>>,
    pub is_down: AtomicBool,
}

impl MemorySessions {
    pub fn set_owner(&self, id: i64, role: Role, is_active: bool) {
        let owner = SessionOwner {
            user_id: UserId(id),
            is_active,
            role,
            is_artist: role == Role::Artist,
        };
        self.owners.lock().unwrap().insert(id, owner);
    }

    pub fn len(&self) -> usize {
        self.rows.lock().unwrap().len()
    }

    fn check(&self) -> Result<(), StorageError> {
        if self.is_down.load(Ordering::SeqCst) {
            Err(StorageError::Unavailable("secret-address:5432 refused".into()))
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl Sessions for MemorySessions {
    async fn load(&self, hash: SessionHash) -> Result<Option<StoredSession>, StorageError> {
        self.check()?;
        let rows = self.rows.lock().unwrap();
        Ok(rows.get(&hash.0).map(|row| StoredSession {
            data: row.data.clone(),
            owner: row
                .user_id
                .and_then(|id| self.owners.lock().unwrap().get(&id.0).cloned()),
            expires_at: row.expires_at,
        }))
    }

    async fn create(&self, session: NewSession) -> Result<(), StorageError> {
        self.check()?;
        self.rows.lock().unwrap().insert(session.hash.0, session);
        Ok(())
    }

    async fn update(&self, session: NewSession) -> Result<bool, StorageError> {
        self.check()?;
        let mut rows = self.rows.lock().unwrap();
        let known = rows.contains_key(&session.hash.0);
        if known {
            rows.insert(session.hash.0, session);
        }
        Ok(known)
    }

    async fn delete(&self, hash: SessionHash) -> Result<(), StorageError> {
        self.check()?;
        self.rows.lock().unwrap().remove(&hash.0);
        Ok(())
    }
}

pub struct UnusedDatabase;

#[async_trait]
impl UnitOfWorkFactory for UnusedDatabase {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        unreachable!("nothing is written")
    }
}
