//! PostgreSQL adapter for the ports of `domain`.
//!
//! [`PgStore`] implements the query ports, the token statements, the outbox and the sessions. Writes of several
//! statements use a unit of work. The schema is in the crate `migrations`.
//!
//! Inserts, finds and updates of one table by its key use the sea-orm entities. Everything else is SQL text: token
//! statements and guarded transitions, because one statement is atomic; keyset lists, joins and search, because their
//! plans are tested.
//!
//! # Adding a query or a table
//!
//! 1. A table: add a migration, an entity in `<subject>/entity.rs`, and the entity's line in `schema.rs`, whose test
//!    compares them. A table that is never accessed by its key alone has no entity and is listed there with the reason.
//! 2. `<subject>/read.rs`: implement the query port for [`PgStore`]. A list uses at most two statements and keyset
//!    pagination.
//! 3. `<subject>/write.rs`: implement the port for the unit of work, or for [`PgStore`] when it is one statement. A
//!    guarded transition has its guard in the `WHERE` clause; the number of changed rows tells whether it was applied.
//! 4. Test it in `tests/it/<subject>` against a real server, and the plan of a new list in `plans`.
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
mod transition;
mod unit_of_work;
mod users;

pub use pool::{PgStore, PoolOptions, PoolStatus, SESSION_SETTINGS};
