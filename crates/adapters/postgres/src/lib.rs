//! PostgreSQL behind the ports of the domain.
//!
//! [`PgStore`] is a pool of connections and implements every port that is served from it: the money statements
//! ([`Settlements`](domain::ports::Settlements)), the trainings' statements, the outbox, the sessions, housekeeping,
//! the audit and all reads. Writes that belong together go through the unit of work it begins. The schema is the
//! `migrations` crate's.

mod community;
mod connect;
mod connection;
mod entities;
mod erasures;
mod error;
mod follows;
mod maintenance;
mod notifications;
mod outbox;
mod purchases;
pub mod queries;
mod row;
mod sessions;
mod settlements;
mod trainings;
mod unit_of_work;

pub use connect::{PgStore, PoolOptions, PoolStatus};
