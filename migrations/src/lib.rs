//! The PostgreSQL schema of the platform, as steps that go up and down.
//!
//! Each step is one module named after its version; the name is stored in the database once applied, so a
//! released step is never renamed or edited: a change is a new step. PostgreSQL runs every step in a
//! transaction of its own, so a failed step leaves nothing behind.

use sea_orm_migration::prelude::*;

/// A step that is SQL, up and down. Its name is that of its file.
macro_rules! sql_step {
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

/// Knows every step, oldest first.
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
