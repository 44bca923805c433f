//! Ports for time and randomness, so that tests can fix both.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::generations::Seed;

#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Clock: Send + Sync {
    /// The current time, rounded to microseconds like in the database.
    fn now(&self) -> DateTime<Utc>;
}

/// Random values from the operating system's generator.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Ids: Send + Sync {
    /// For tasks, uploads and unguessable object keys (122 random bits).
    fn uuid(&self) -> Uuid;

    /// For a generation without a seed.
    fn seed(&self) -> Seed;
}
