//! Migrations of the database schema.
//!
//! # Adding a migration
//!
//! 1. Write `src/m<date>_<number>_<name>.rs` with the SQL constants `UP` and `DOWN`, and `sql_migration!(UP, DOWN);`.
//! 2. Register it last in the list of [`Migrator`].
//! 3. Describe tables and indexes in `docs/database.md`.
//!
//! Every migration runs in a transaction, so a failed one leaves nothing behind. A released migration is never edited
//! or renamed: its name is stored in the database. Tests check the names of constraints, primary keys, an index for
//! every foreign key, and that `down` reverts `up`.
//!
//! ```
//! use sea_orm_migration::MigratorTrait;
//! use stylelicense_migrations::Migrator;
//!
//! let names: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
//! assert!(names.is_sorted(), "migrations are listed in the order of their names");
//! ```

use sea_orm_migration::prelude::*;

/// Defines `Migration` from SQL. Its name is that of the file.
macro_rules! sql_migration {
    ($up:expr, $down:expr) => {
        #[derive(sea_orm_migration::prelude::DeriveMigrationName)]
        pub struct Migration;

        #[async_trait::async_trait]
        impl sea_orm_migration::prelude::MigrationTrait for Migration {
            async fn up(
                &self,
                manager: &sea_orm_migration::prelude::SchemaManager,
            ) -> Result<(), sea_orm_migration::prelude::DbErr> {
                crate::run($up, manager).await
            }

            async fn down(
                &self,
                manager: &sea_orm_migration::prelude::SchemaManager,
            ) -> Result<(), sea_orm_migration::prelude::DbErr> {
                crate::run($down, manager).await
            }
        }
    };
}

mod m20261101_000001_users;
mod m20261101_000002_sessions;
mod m20261101_000003_artists;
mod m20261101_000004_purchases;
mod m20261101_000005_ledger;
mod m20261101_000006_styles;
mod m20261101_000007_training;
mod m20261101_000008_generations;
mod m20261101_000009_community;
mod m20261101_000010_notifications;
mod m20261101_000011_outbox;
mod m20261125_000012_erasures;
mod m20261125_000014_orders;
mod m20261125_000015_unpublished_posts;
mod m20261125_000016_search;
mod m20261125_000018_comment_notices;
mod m20261129_000019_heartbeat;

/// Lists all migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261101_000001_users::Migration),
            Box::new(m20261101_000002_sessions::Migration),
            Box::new(m20261101_000003_artists::Migration),
            Box::new(m20261101_000004_purchases::Migration),
            Box::new(m20261101_000005_ledger::Migration),
            Box::new(m20261101_000006_styles::Migration),
            Box::new(m20261101_000007_training::Migration),
            Box::new(m20261101_000008_generations::Migration),
            Box::new(m20261101_000009_community::Migration),
            Box::new(m20261101_000010_notifications::Migration),
            Box::new(m20261101_000011_outbox::Migration),
            Box::new(m20261125_000012_erasures::Migration),
            Box::new(m20261125_000014_orders::Migration),
            Box::new(m20261125_000015_unpublished_posts::Migration),
            Box::new(m20261125_000016_search::Migration),
            Box::new(m20261125_000018_comment_notices::Migration),
            Box::new(m20261129_000019_heartbeat::Migration),
        ]
    }
}

async fn run(sql: &str, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
