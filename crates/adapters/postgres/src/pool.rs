//! The connection pool.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use deadpool::managed::{self, PoolConfig, PoolError, QueueMode};
use domain::StorageError;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value,
    sqlx::{ConnectOptions, postgres::PgConnectOptions},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use crate::{
    connection::{Connection, Connector, Observer, Transaction, db_error},
    error::{is_aborted, is_broken_connection, storage_error},
};

/// Settings of every connection, on which the plans of the lists depend. With the default `random_page_cost`, that of a
/// spinning disk, the generic plan reads and sorts all rows of a user or style instead of one page of an index. JIT
/// compilation takes longer than any of these statements.
pub const SESSION_SETTINGS: [(&str, &str); 2] = [("random_page_cost", "1.1"), ("jit", "off")];

/// The client-side timeout exceeds the server's by this much: the server cancels the statement itself unless the
/// connection is lost.
const STATEMENT_GRACE: Duration = Duration::from_secs(2);

/// TCP keep-alive, done by the server because sqlx does not expose its socket. The server detects a dead client, and
/// its probes keep the connection in the tables of NATs and firewalls. Ignored on Unix sockets.
const KEEP_ALIVE: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
    // Milliseconds.
    ("tcp_user_timeout", "60000"),
];

/// Size and timeouts of a pool.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// Two to four per core of the server are enough.
    pub max_connections: u32,
    /// Longest wait for a connection, including the time to connect.
    pub acquire_timeout: Duration,
    /// Enforced by the server. The client closes the connection two seconds later.
    pub statement_timeout: Duration,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            max_connections: 8,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(10),
        }
    }
}

/// Number of connections in the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    /// Open connections.
    pub size: usize,
    /// Of these, unused.
    pub idle: usize,
}

/// The database: a connection pool, shared by clones. A connection is driven by the runtime that opened it, so each
/// runtime should have its own pool.
#[derive(Clone)]
pub struct PgStore {
    db: Pool,
}

impl PgStore {
    /// A pool for `url` (`postgres://user:password@host:port/database`) that connects on first use. Statements are not
    /// logged because they contain personal data.
    ///
    /// # Errors
    /// [`StorageError::Other`] for an invalid URL. The message does not contain it.
    pub fn new(url: &SecretString, options: &PoolOptions) -> Result<Self, StorageError> {
        let postgres = url
            .expose_secret()
            .parse::<PgConnectOptions>()
            .ok()
            .filter(|_| url.expose_secret().starts_with("postgres"))
            .ok_or_else(|| StorageError::Other("the database URL is not a PostgreSQL URL".into()))?;
        let milliseconds = options.statement_timeout.as_millis().to_string();
        let postgres = postgres
            .application_name("stylelicense")
            .options([
                ("statement_timeout", &milliseconds),
                // A hanging client must not keep its locks.
                ("idle_in_transaction_session_timeout", &milliseconds),
            ])
            .options(KEEP_ALIVE)
            .options(SESSION_SETTINGS)
            .disable_statement_logging();
        let mut config = PoolConfig::new(usize::try_from(options.max_connections).unwrap_or(usize::MAX));
        // The most recently used connection needs no ping.
        config.queue_mode = QueueMode::Lifo;
        let connections = managed::Pool::builder(Connector::new(postgres))
            .config(config)
            .build()
            .map_err(|error| StorageError::Other(Box::new(error)))?;
        Ok(Self {
            db: Pool {
                connections,
                acquire_timeout: options.acquire_timeout,
                client_timeout: options.statement_timeout + STATEMENT_GRACE,
                observer: None,
            },
        })
    }

    /// Like [`Self::new`], and checks that the server answers.
    ///
    /// # Errors
    /// Those of [`Self::new`], and [`StorageError::Unavailable`] when the server does not answer.
    pub async fn connect(url: &SecretString, options: &PoolOptions) -> Result<Self, StorageError> {
        let store = Self::new(url, options)?;
        store.read_one("SELECT 1", Vec::new()).await?;
        Ok(store)
    }

    /// Calls `observer` after each statement with its duration and whether it failed.
    #[must_use]
    pub fn observed(mut self, observer: impl Fn(Duration, bool) + Send + Sync + 'static) -> Self {
        self.db.observer = Some(Arc::new(observer));
        self
    }

    pub fn pool_status(&self) -> PoolStatus {
        let status = self.db.connections.status();
        PoolStatus {
            size: status.size,
            idle: status.available,
        }
    }

    /// For transactions and entities.
    pub(crate) fn db(&self) -> &Pool {
        &self.db
    }

    /// Runs a read. Retries once on a broken connection.
    pub(crate) async fn read<T, F>(&self, read: impl Fn() -> F) -> Result<T, StorageError>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        match read().await {
            Err(error) if is_broken_connection(&error) => read().await,
            result => result,
        }
        .map_err(storage_error)
    }

    pub(crate) async fn read_one(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>, StorageError> {
        let statement = statement(sql, values);
        self.read(|| self.db.query_one_raw(statement.clone())).await
    }

    pub(crate) async fn read_all(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, StorageError> {
        let statement = statement(sql, values);
        self.read(|| self.db.query_all_raw(statement.clone())).await
    }

    /// Runs a write that its guard makes idempotent. Retries once when the connection breaks or the transaction is
    /// aborted in favor of another one, because a worker reports only once.
    pub(crate) async fn write_guarded(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>, DbErr> {
        match self.write_one(sql, values.clone()).await {
            Err(error) if is_broken_connection(&error) || is_aborted(&error) => {
                self.write_one(sql, values).await
            }
            result => result,
        }
    }

    /// Runs a write that returns at most one row. Never retried: after a broken connection it is unknown whether the
    /// write was applied.
    pub(crate) async fn write_one(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>, DbErr> {
        self.db.query_one_raw(statement(sql, values)).await
    }

    /// Returns the number of rows changed.
    pub(crate) async fn write(&self, sql: &str, values: Vec<Value>) -> Result<u64, StorageError> {
        let result = self.db.execute_raw(statement(sql, values)).await;
        result.map(|result| result.rows_affected()).map_err(storage_error)
    }
}

/// Connections for single statements and transactions.
#[derive(Clone)]
pub(crate) struct Pool {
    connections: managed::Pool<Connector>,
    acquire_timeout: Duration,
    client_timeout: Duration,
    observer: Option<Observer>,
}

impl Pool {
    /// Begins a transaction. Retries once on a broken connection: nothing was executed yet.
    pub(crate) async fn begin(&self) -> Result<Transaction, DbErr> {
        match Transaction::begin(self.connection().await?, "BEGIN").await {
            Err(error) if is_broken_connection(&error) => {
                Transaction::begin(self.connection().await?, "BEGIN").await
            }
            result => result,
        }
    }

    /// Begins a read-only transaction on one snapshot, without a statement timeout.
    pub(crate) async fn begin_snapshot(&self) -> Result<Transaction, DbErr> {
        let connection = self.checkout(Duration::MAX).await?;
        let snapshot =
            Transaction::begin(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        snapshot
            .execute_unprepared("SET LOCAL statement_timeout = 0")
            .await?;
        Ok(snapshot)
    }

    async fn connection(&self) -> Result<Connection, DbErr> {
        self.checkout(self.client_timeout).await
    }

    async fn checkout(&self, statement_timeout: Duration) -> Result<Connection, DbErr> {
        match timeout(self.acquire_timeout, self.connections.get()).await {
            Ok(Ok(object)) => Ok(Connection::new(object, statement_timeout, self.observer.clone())),
            Ok(Err(PoolError::Backend(error))) => Err(db_error(error)),
            Ok(Err(_)) | Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
        }
    }
}

#[async_trait]
impl ConnectionTrait for Pool {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.connection().await?.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.connection().await?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.connection().await?.query_one(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.connection().await?.query_all(statement).await
    }
}

impl fmt::Debug for PgStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgStore")
            .field("pool", &self.pool_status())
            .finish()
    }
}

/// A statement with its values, `$1` first.
pub(crate) fn statement(sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
