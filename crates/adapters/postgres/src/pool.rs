//! The pool of connections.

use std::{fmt, time::Duration};

use domain::StorageError;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement,
    Value,
};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{is_aborted, is_broken_connection, storage_error};

/// What each connection of the pool must be set to, for the lists to be read as meant. With the default cost of random
/// reads, that of a spinning disk, the plan kept for all values reads and sorts everything of a person or style that
/// has much of it instead of one page along the index; and compiling a statement takes longer than any of these runs.
pub const SESSION_SETTINGS: [(&str, &str); 2] = [("random_page_cost", "1.1"), ("jit", "off")];

/// A connection that nobody used for this long is tested before use; a busy one is not, since a test costs a third
/// of a one-row read.
const TESTED_AFTER_IDLE: Duration = Duration::from_secs(1);

/// How many connections there may be and how long anything may take.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// Most connections; two to four per core of the server are enough.
    pub max_connections: u32,
    /// Connections kept although nobody uses them.
    pub min_connections: u32,
    /// Longest wait for a free connection.
    pub acquire_timeout: Duration,
    /// Longest run of one statement, enforced by the server.
    pub statement_timeout: Duration,
    /// Connect at the first use and not at once: the program starts although the database is down.
    pub lazy: bool,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            max_connections: 8,
            min_connections: 1,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(10),
            lazy: false,
        }
    }
}

/// How busy the pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    pub size: u32,
    /// Of these, unused.
    pub idle: u32,
}

/// The database: a pool of connections. Clones share it.
#[derive(Clone)]
pub struct PgStore {
    db: DatabaseConnection,
}

impl PgStore {
    /// Opens a pool on `url` (`postgres://user:password@host:port/database`). Statements are not logged: they carry
    /// personal data.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when the server does not answer, [`StorageError::Other`] for an address that
    /// makes no sense; the address is not repeated in the message.
    pub async fn connect(url: &SecretString, pool: PoolOptions) -> Result<Self, StorageError> {
        let mut options = ConnectOptions::new(url.expose_secret());
        options
            .max_connections(pool.max_connections)
            .min_connections(pool.min_connections)
            .acquire_timeout(pool.acquire_timeout)
            .statement_timeout(pool.statement_timeout)
            .test_before_acquire_if_idle_for(TESTED_AFTER_IDLE)
            .connect_lazy(pool.lazy)
            .sqlx_logging(false)
            .record_stmt_in_spans(false)
            .set_application_name("stylelicense");
        let idle_limit = pool.statement_timeout.as_millis().to_string();
        options.map_sqlx_postgres_opts(move |postgres| {
            // A transaction whose program hangs must not keep its locks.
            postgres
                .options([("idle_in_transaction_session_timeout", idle_limit.as_str())])
                .options(crate::pool::SESSION_SETTINGS)
        });
        match Database::connect(options).await {
            Ok(db) => Ok(Self { db }),
            // Such a message holds the address, password and all.
            Err(DbErr::Conn(sea_orm::RuntimeErr::Internal(_))) => Err(StorageError::Other(
                "the database's address is not a PostgreSQL one".into(),
            )),
            Err(error) => Err(storage_error(error)),
        }
    }

    /// Calls `observer` after each statement with the time it took and whether it failed.
    #[must_use]
    pub fn observed(mut self, observer: impl Fn(Duration, bool) + Send + Sync + 'static) -> Self {
        self.db
            .set_metric_callback(move |statement| observer(statement.elapsed, statement.failed));
        self
    }

    /// How busy the pool is.
    pub fn pool_status(&self) -> PoolStatus {
        let pool = self.db.get_postgres_connection_pool();
        PoolStatus {
            size: pool.size(),
            idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
        }
    }

    /// Closes every connection, waiting for those in use. Clones find a closed pool.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when a connection was broken already.
    pub async fn close(&self) -> Result<(), StorageError> {
        self.db.close_by_ref().await.map_err(storage_error)
    }

    /// The pool, for statements of the query builder.
    pub(crate) fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Reads at most one row; asks once more when the connection turns out to be broken.
    pub(crate) async fn read_one(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>, StorageError> {
        let statement = statement(sql, values);
        match self.db.query_one_raw(statement.clone()).await {
            Err(error) if is_broken_connection(&error) => self.db.query_one_raw(statement).await,
            outcome => outcome,
        }
        .map_err(storage_error)
    }

    /// Reads every row; asks once more when the connection turns out to be broken.
    pub(crate) async fn read_all(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, StorageError> {
        let statement = statement(sql, values);
        match self.db.query_all_raw(statement.clone()).await {
            Err(error) if is_broken_connection(&error) => self.db.query_all_raw(statement).await,
            outcome => outcome,
        }
        .map_err(storage_error)
    }

    /// Runs a writing statement whose guard makes a repeat change nothing: once more when the connection breaks or the
    /// transaction is aborted in favour of another one. A worker reports once and never again.
    pub(crate) async fn write_guarded(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>, DbErr> {
        match self.write_one(sql, values.clone()).await {
            Err(error) if is_broken_connection(&error) || is_aborted(&error) => {
                self.write_one(sql, values).await
            }
            outcome => outcome,
        }
    }

    /// Runs a writing statement that answers with at most one row. Never repeated: whether a broken connection's
    /// statement took effect is not known.
    pub(crate) async fn write_one(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>, DbErr> {
        self.db.query_one_raw(statement(sql, values)).await
    }

    /// Runs a writing statement; returns the number of rows it changed.
    pub(crate) async fn write(&self, sql: &str, values: Vec<Value>) -> Result<u64, StorageError> {
        let done = self.db.execute_raw(statement(sql, values)).await;
        done.map(|result| result.rows_affected()).map_err(storage_error)
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
