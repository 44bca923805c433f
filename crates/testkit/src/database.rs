//! One database per test, copied from a migrated template.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use migrations::Migrator;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use sea_orm_migration::MigratorTrait;
use tokio::sync::{OnceCell, oneshot};
use url::Url;

/// Prefix of the names of test databases.
const PREFIX: &str = "sltest";

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A migrated database for one test. It is dropped with this value, also when the test fails.
#[derive(Debug)]
pub struct TestDatabase {
    pub url: String,
    server: Url,
    name: String,
}

impl TestDatabase {
    /// Creates the database on the server of `DATABASE_URL`.
    pub async fn create() -> Result<Self> {
        let server = server()?;
        let template = TEMPLATE
            .get_or_try_init(|| create_template(server.clone()))
            .await?;
        let name = format!("{template}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let connection = connect(&server).await?;
        run(
            &connection,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await?;
        connection.close().await?;
        let mut url = server.clone();
        url.set_path(&name);
        Ok(Self {
            url: url.into(),
            server,
            name,
        })
    }

    /// A connection for set-up and checks without the adapter.
    pub async fn connect(&self) -> Result<DatabaseConnection> {
        connect(&Url::parse(&self.url)?).await
    }
}

impl Drop for TestDatabase {
    /// Uses its own thread and runtime, because the test's runtime may have ended. The next run removes remaining
    /// databases.
    fn drop(&mut self) {
        let server = self.server.clone();
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = std::thread::spawn(move || {
            block_on(async move { run(&connect(&server).await?, &sql).await }).unwrap_or_else(Err)
        });
        drop(dropped.join());
    }
}

fn server() -> Result<Url> {
    let url = std::env::var("DATABASE_URL").context(
        "DATABASE_URL must name a PostgreSQL server that may create databases; `cargo xtask test` sets it",
    )?;
    Url::parse(&url).context("DATABASE_URL is not a URL")
}

/// Creates the template of this process on a separate thread. The thread keeps the connection that holds the lock of
/// the template until the process ends.
async fn create_template(server: Url) -> Result<String> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        block_on(async move {
            let result = template(&server).await;
            let connection = result.as_ref().ok().map(|(connection, _)| connection.clone());
            if sender.send(result.map(|(_, name)| name)).is_ok() && connection.is_some() {
                std::future::pending::<()>().await;
            }
        })
    });
    receiver.await.context("the template's thread ended early")?
}

async fn template(server: &Url) -> Result<(DatabaseConnection, String)> {
    let connection = connect(server).await?;
    let name = format!("{PREFIX}_{:016x}", rand::random::<u64>());
    if !try_lock(&connection, &name).await? {
        return Err(anyhow!("the name {name} is in use"));
    }
    remove_leftovers(&connection).await?;
    run(&connection, &format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
    let mut url = server.clone();
    url.set_path(&name);
    let database = connect(&url).await?;
    Migrator::up(&database, None)
        .await
        .context("every migration must apply")?;
    // A database with connections cannot be copied.
    database.close().await?;
    Ok((connection, name))
}

/// Drops the databases of killed runs. Their template is not locked.
async fn remove_leftovers(connection: &DatabaseConnection) -> Result<()> {
    let sql =
        format!("SELECT datname::text AS name FROM pg_database WHERE datname ~ '^{PREFIX}_[0-9a-f]{{16}}'");
    let rows = connection
        .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await?;
    for row in rows {
        let name: String = row.try_get("", "name")?;
        let template = name.get(..PREFIX.len() + 17).unwrap_or(&name);
        if try_lock(connection, template).await? {
            // Another run may drop it at the same time.
            run(
                connection,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            )
            .await
            .ok();
            run(
                connection,
                &format!("SELECT pg_advisory_unlock(hashtextextended('{template}', 0))"),
            )
            .await?;
        }
    }
    Ok(())
}

/// Locks the name of a template until the connection is closed. Fails also when this connection holds the lock, so that
/// a run does not remove its own template.
async fn try_lock(connection: &DatabaseConnection, name: &str) -> Result<bool> {
    let sql = format!(
        "SELECT CASE WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
                             AND ((classid::bigint << 32) | objid::bigint) = hashtextextended('{name}', 0))
                THEN false ELSE pg_try_advisory_lock(hashtextextended('{name}', 0)) END AS locked"
    );
    let row = connection
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await?
        .context("the SELECT returned no row")?;
    Ok(row.try_get("", "locked")?)
}

async fn connect(url: &Url) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url.as_str());
    options
        .max_connections(1)
        .acquire_timeout(Duration::from_mins(1))
        // Closing the connection would release the lock.
        .idle_timeout(None)
        .max_lifetime(None)
        .sqlx_logging(false);
    Database::connect(options)
        .await
        .context("the server of DATABASE_URL must answer")
}

async fn run(connection: &DatabaseConnection, sql: &str) -> Result<()> {
    connection
        .execute_unprepared(sql)
        .await
        .with_context(|| sql.to_owned())?;
    Ok(())
}

fn block_on<F: Future>(work: F) -> Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(work))
}
