//! The ports of `domain` on PostgreSQL.
//!
//! [`PgStore`] implements the query ports, the money statements, the outbox and the sessions. Writes that belong together go
//! through the unit of work that it begins. The schema is in the crate `migrations`.
//!
//! # Adding a query or a table
//!
//! 1. A table: a migration, and its sea-orm entity in `<subject>/entity.rs`. A test compares entities with the schema.
//! 2. `<subject>/read.rs`: implement the query port for [`PgStore`]. A list needs at most two statements and uses keyset paging.
//! 3. `<subject>/write.rs`: inserts and updates of one row by key use the entity. A guarded transition is SQL text. Its guard
//!    decides, and the number of changed rows says whether it had an effect.
//! 4. Test it in `tests/it/` against a real server, with the plan of a new list in `plans`.
//!
//! ```no_run
//! use domain::{StorageError, users::UserQueries};
//! use stylelicense_postgres::{PgStore, PoolOptions};
//!
//! # async fn example() -> Result<(), StorageError> {
//! let url = "postgres://postgres@localhost/stylelicense".into();
//! let store = PgStore::connect(&url, &PoolOptions::default()).await?;
//! let queries: &dyn UserQueries = &store;
//! # drop(queries);
//! # Ok(())
//! # }
//! ```

mod audit;
mod auth;
mod connection;
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
#[cfg(test)]
mod schema;
mod search;
mod social;
mod sql;
mod styles;
mod tokens;
mod unit_of_work;
mod users;

pub use pool::{PgStore, PoolOptions, PoolStatus, SESSION_SETTINGS};
