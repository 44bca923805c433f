//! `stylelicense migrate`: applies, reverts or lists migrations.

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use migrations::Migrator;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr, RuntimeErr, Statement};
use sea_orm_migration::{MigrationStatus, MigratorTrait};
use secrecy::{ExposeSecret, SecretString};

use super::{block_on, database_url, print_line};

/// Key of the advisory lock that serializes concurrent migrations.
const LOCK_KEY: i64 = 0x5379_6c65_4d69_6772;

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Applies all pending migrations.
    Up,
    /// Reverts the last migration.
    Down,
    /// Lists the migrations, applied or pending.
    Status,
}

pub fn run(action: &Action) -> anyhow::Result<ExitCode> {
    block_on(async {
        let url = database_url()?;
        match action {
            Action::Up => {
                let applied = up(&url).await?;
                print_line(&format!("{applied} migrations applied"));
            }
            Action::Down => {
                let db = connect(&url).await?;
                lock(&db).await?;
                Migrator::down(&db, Some(1))
                    .await
                    .context("cannot revert the last migration")?;
                print_line("the last migration was reverted");
            }
            Action::Status => {
                let db = connect(&url).await?;
                for migration in Migrator::get_migration_with_status(&db).await? {
                    let state = if migration.status() == MigrationStatus::Applied {
                        "applied"
                    } else {
                        "pending"
                    };
                    print_line(&format!("{state}  {}", migration.name()));
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Applies all pending migrations; returns how many there were. Concurrent calls wait for each other.
pub async fn up(url: &SecretString) -> anyhow::Result<usize> {
    let db = connect(url).await?;
    lock(&db).await?;
    let pending = Migrator::get_pending_migrations(&db).await?.len();
    Migrator::up(&db, None)
        .await
        .context("cannot apply the migrations")?;
    db.close().await?;
    Ok(pending)
}

/// Fails if migrations are pending.
pub async fn require_current(url: &SecretString) -> anyhow::Result<()> {
    let db = connect(url).await?;
    let pending = Migrator::get_pending_migrations(&db).await?.len();
    db.close().await?;
    if pending > 0 {
        anyhow::bail!("{pending} migrations are pending: run `stylelicense migrate up`");
    }
    Ok(())
}

/// Opens a single connection, because the advisory lock belongs to the database session.
async fn connect(url: &SecretString) -> anyhow::Result<DatabaseConnection> {
    let mut options = sea_orm::ConnectOptions::new(url.expose_secret());
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.map_err(|error| match error {
        // The message of this error contains the URL with its password.
        DbErr::Conn(RuntimeErr::Internal(_)) => {
            anyhow::anyhow!("DATABASE_URL is not a PostgreSQL URL")
        }
        other => anyhow::Error::new(other).context("cannot connect to the database (DATABASE_URL)"),
    })
}

/// Takes the lock, which is held until the connection closes.
async fn lock(db: &DatabaseConnection) -> anyhow::Result<()> {
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT pg_advisory_lock($1)",
        [LOCK_KEY.into()],
    );
    db.execute_raw(statement).await?;
    Ok(())
}
