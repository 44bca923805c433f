//! PostgreSQL behind the ports of the domain.
//!
//! [`PgStore`] is a pool of connections and implements every port that is served from it: the money statements
//! ([`Settlements`](domain::generations::Settlements)), the trainings' statements, the outbox, the sessions, housekeeping,
//! the audit and all reads. Writes that belong together go through the unit of work it begins. The schema is the
//! `migrations` crate's.

mod audit;
mod auth;
mod connection;
mod entities;
mod error;
mod fields;
mod generations;
mod keyset;
mod notifications;
mod operations;
mod outbox;
#[cfg(test)]
mod plans;
mod pool;
mod row;
mod search;
mod social;
mod sql;
mod styles;
mod tokens;
mod unit_of_work;
mod users;

pub use pool::{PgStore, PoolOptions, PoolStatus, SESSION_SETTINGS};
