//! Time and randomness, given from outside so that every rule can be tested with both fixed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::generations::Seed;

/// Tells the time.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Clock: Send + Sync {
    /// Now, to the microsecond: what the database keeps.
    fn now(&self) -> DateTime<Utc>;
}

/// Draws ids and other random values from the operating system's generator.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Ids: Send + Sync {
    /// A fresh id: for tasks, uploads and unguessable object keys (122 random bits).
    fn uuid(&self) -> Uuid;

    /// A seed for a request that names none.
    fn seed(&self) -> Seed;
}
