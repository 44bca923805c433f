//! `stylelicense migrate up|down|status`

use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use migrations::Migrator;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr, RuntimeErr, Statement};
use sea_orm_migration::{MigrationStatus, MigratorTrait};
use secrecy::{ExposeSecret, SecretString};

use super::{block_on, complain, database_url, say};

/// Two servers that migrate at once take turns by this advisory lock.
const LOCK: i64 = 0x5379_6c65_4d69_6772;

/// What to do with the schema.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Applies every step that is not applied yet.
    Up,
    /// Undoes the last step.
    Down,
    /// Lists every step and whether it is applied.
    Status,
}

/// Runs `action` and says what it did.
pub fn run(action: &Action) -> anyhow::Result<ExitCode> {
    block_on(async {
        let url = database_url()?;
        match action {
            Action::Up => {
                let applied = up(&url).await?;
                say(&format!("{applied} steps applied"));
            }
            Action::Down => {
                let db = connect(&url).await?;
                lock(&db).await?;
                Migrator::down(&db, Some(1))
                    .await
                    .context("the last step could not be undone")?;
                say("the last step is undone");
            }
            Action::Status => {
                let db = connect(&url).await?;
                for step in Migrator::get_migration_with_status(&db).await? {
                    let state = if step.status() == MigrationStatus::Applied {
                        "applied"
                    } else {
                        "pending"
                    };
                    say(&format!("{state}  {}", step.name()));
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Applies every pending step; returns how many there were. Of several that start at once, one does the work.
pub async fn up(url: &SecretString) -> anyhow::Result<usize> {
    let db = connect(url).await?;
    lock(&db).await?;
    let pending = Migrator::get_pending_migrations(&db).await?.len();
    Migrator::up(&db, None)
        .await
        .context("the schema could not be brought up to date")?;
    db.close().await?;
    Ok(pending)
}

/// Refuses to serve on a schema that is behind.
pub async fn require_current(url: &SecretString) -> anyhow::Result<()> {
    let db = connect(url).await?;
    let pending = Migrator::get_pending_migrations(&db).await?.len();
    db.close().await?;
    if pending > 0 {
        complain(&format!("the database's schema is {pending} steps behind"));
        anyhow::bail!("run `stylelicense migrate up` first");
    }
    Ok(())
}

/// One connection, so that the session's lock and the steps share it.
async fn connect(url: &SecretString) -> anyhow::Result<DatabaseConnection> {
    let mut options = sea_orm::ConnectOptions::new(url.expose_secret());
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.map_err(|error| match error {
        // Such a message holds the address, password and all.
        DbErr::Conn(RuntimeErr::Internal(_)) => {
            anyhow::anyhow!("DATABASE_URL is not an address of PostgreSQL")
        }
        other => anyhow::Error::new(other).context("the database (DATABASE_URL) cannot be used"),
    })
}

/// Held until the connection closes.
async fn lock(db: &DatabaseConnection) -> anyhow::Result<()> {
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT pg_advisory_lock($1)",
        [LOCK.into()],
    );
    db.execute_raw(statement).await?;
    Ok(())
}
