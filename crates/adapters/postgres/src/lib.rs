//! PostgreSQL behind the ports of the domain.
//!
//! [`PgStore`] is a pool of connections and implements every port that is served from it. Writes that belong together
//! go through the unit of work it begins. The schema is the `migrations` crate's.
//!
//! Inserts, finds and updates of one table by its key use the sea-orm entities of the subject's `entity.rs`. Everything
//! else is SQL text beside the rule it mirrors: money statements and guarded transitions, because they are whole in one
//! statement; keyset lists, joins and search, because their plans are tested.
//!
//! # How to add a table
//!
//! 1. A new step in the `migrations` crate.
//! 2. An entity in the subject's `entity.rs`, and its line in `schema.rs`. The test there compares it with the migrated
//!    schema; a table that nothing uses by its key alone is listed there with the reason.
//! 3. The port in `domain`, implemented for `PgStore` (autocommit) or the unit of work (one transaction):
//!
//! ```
//! mod award {
//!     use sea_orm::entity::prelude::*;
//!
//!     #[sea_orm::model]
//!     #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
//!     #[sea_orm(table_name = "awards")]
//!     pub struct Model {
//!         #[sea_orm(primary_key)]
//!         pub id: i64,
//!         pub artist_id: i64,
//!         pub created_at: DateTimeUtc,
//!     }
//!
//!     impl ActiveModelBehavior for ActiveModel {}
//! }
//!
//! use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, entity::prelude::DateTimeUtc};
//!
//! async fn insert(tx: &impl ConnectionTrait, artist: i64, now: DateTimeUtc) -> Result<i64, DbErr> {
//!     let row = award::ActiveModel {
//!         artist_id: Set(artist),
//!         created_at: Set(now),
//!         ..Default::default()
//!     };
//!     Ok(award::Entity::insert(row).exec(tx).await?.last_insert_id)
//! }
//! ```
//! 4. A test in `tests/it`, in the module of the subject.

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
