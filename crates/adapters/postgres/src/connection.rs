//! A checked-out connection and a transaction on it, both with a client-side statement timeout.
//!
//! The server's `statement_timeout` works only while the connection does. When the other host is gone and no reset
//! arrives, only the client can end the wait: the statement fails and the socket is closed without a shutdown sequence,
//! which could block as well. The pool of sqlx cannot do this. It pings every returned connection without a timeout,
//! and the connection counts against the pool until the ping ends. (The ping is also a second round trip per
//! statement.)

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use deadpool::managed::{Manager, Metrics, Object, RecycleError, RecycleResult};
use futures_util::future::BoxFuture;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{
        self, AssertSqlSafe, Connection as _, Executor, Postgres,
        postgres::{PgConnectOptions, PgConnection},
        query::Query,
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::{
    runtime::Handle,
    time::{sleep, timeout},
};

use crate::error::{ends_connection, is_starting};

/// A connection that was idle for this long is pinged before use. A ping before every use would add a third to the
/// time of a one-row read.
const PING_AFTER_IDLE: Duration = Duration::from_secs(1);

/// Timeout of a ping, and of the cleanup after a dropped caller.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

const FIRST_CONNECT_BACKOFF: Duration = Duration::from_millis(10);
const MAX_CONNECT_BACKOFF: Duration = Duration::from_millis(500);

/// Called after each statement with its duration and whether it failed.
pub(crate) type Observer = Arc<dyn Fn(Duration, bool) + Send + Sync>;

/// Opens connections for the pool and decides which are reused.
pub(crate) struct Connector {
    options: PgConnectOptions,
    /// After a lost connection, connections last used before this time are closed instead of pinged one by one.
    stale_before: Mutex<Option<Instant>>,
}

impl Connector {
    pub(crate) fn new(options: PgConnectOptions) -> Self {
        Self {
            options,
            stale_before: Mutex::default(),
        }
    }

    fn mark_idle_stale(&self) {
        *self.lock_stale_before() = Some(Instant::now());
    }

    fn lock_stale_before(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.stale_before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Manager for Connector {
    type Type = PgConnection;
    type Error = sqlx::Error;

    /// Retries while the server is starting. The caller sets the timeout.
    async fn create(&self) -> Result<PgConnection, sqlx::Error> {
        let mut backoff = FIRST_CONNECT_BACKOFF;
        loop {
            match PgConnection::connect_with(&self.options).await {
                Err(error) if is_starting(&error) => sleep(backoff).await,
                result => return result,
            }
            backoff = (backoff * 2).min(MAX_CONNECT_BACKOFF);
        }
    }

    async fn recycle(&self, connection: &mut PgConnection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        let last_used = metrics.recycled.unwrap_or(metrics.created);
        if self
            .lock_stale_before()
            .is_some_and(|stale_before| last_used < stale_before)
        {
            return Err(RecycleError::message(
                "another connection was lost after its last use",
            ));
        }
        if last_used.elapsed() < PING_AFTER_IDLE {
            return Ok(());
        }
        let ping = timeout(PING_TIMEOUT, connection.ping()).await;
        ping.unwrap_or_else(|_| Err(timed_out())).map_err(|error| {
            self.mark_idle_stale();
            RecycleError::Backend(error)
        })
    }
}

/// A checked-out connection. Drop returns it to the pool, or closes it when it is not in a known state.
pub(crate) struct Connection {
    /// `None` after the connection was lost.
    object: Option<Object<Connector>>,
    statement_timeout: Duration,
    observer: Option<Observer>,
    /// Still set on drop when the caller was dropped during a statement.
    in_statement: bool,
    in_transaction: bool,
}

impl Connection {
    pub(crate) fn new(
        object: Object<Connector>,
        statement_timeout: Duration,
        observer: Option<Observer>,
    ) -> Self {
        Self {
            object: Some(object),
            statement_timeout,
            observer,
            in_statement: false,
            in_transaction: false,
        }
    }

    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        let query = query(statement);
        self.run(|connection| connection.execute(query))
            .await
            .map(ExecResult::from)
    }

    pub(crate) async fn query_one(&mut self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let query = query(statement);
        let row = self.run(|connection| connection.fetch_optional(query)).await?;
        Ok(row.map(QueryResult::from))
    }

    pub(crate) async fn query_all(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let query = query(statement);
        let rows = self.run(|connection| connection.fetch_all(query)).await?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    pub(crate) async fn execute_unprepared(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        let sql = AssertSqlSafe(sql.to_owned());
        self.run(|connection| connection.execute(sql))
            .await
            .map(ExecResult::from)
    }

    async fn run<T>(
        &mut self,
        execute: impl for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    ) -> Result<T, DbErr> {
        let Some(connection) = &mut self.object else {
            return Err(db_error(sqlx::Error::Io(io::ErrorKind::NotConnected.into())));
        };
        let started = Instant::now();
        self.in_statement = true;
        let result = timeout(self.statement_timeout, execute(connection)).await;
        let result = result.unwrap_or_else(|_| Err(timed_out()));
        self.in_statement = false;
        if let Some(observer) = &self.observer {
            observer(started.elapsed(), result.is_err());
        }
        result.map_err(|error| {
            if ends_connection(&error) {
                self.close();
            }
            db_error(error)
        })
    }

    /// Closes the socket without a shutdown sequence, which could block.
    fn close(&mut self) {
        if let Some(object) = self.object.take() {
            if let Some(pool) = Object::pool(&object) {
                pool.manager().mark_idle_stale();
            }
            drop(Object::take(object));
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !self.in_statement && !self.in_transaction {
            return;
        }
        let Some(object) = self.object.take() else {
            return;
        };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(clean_up(object, self.in_transaction))),
            Err(_) => drop(Object::take(object)),
        }
    }
}

/// Ends the statement and the transaction of a dropped caller, or closes the connection.
async fn clean_up(mut object: Object<Connector>, in_transaction: bool) {
    let cleaned_up = timeout(PING_TIMEOUT, async {
        if in_transaction {
            object.execute("ROLLBACK").await.map(drop)
        } else {
            object.ping().await
        }
    });
    if !matches!(cleaned_up.await, Ok(Ok(()))) {
        drop(Object::take(object));
    }
}

/// A transaction. Drop without [`Self::commit`] rolls it back.
pub(crate) struct Transaction(tokio::sync::Mutex<Connection>);

impl Transaction {
    /// `begin` is the SQL that starts it.
    pub(crate) async fn begin(mut connection: Connection, begin: &str) -> Result<Self, DbErr> {
        connection.in_transaction = true;
        connection.execute_unprepared(begin).await?;
        Ok(Self(tokio::sync::Mutex::new(connection)))
    }

    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        self.end("COMMIT").await
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        self.end("ROLLBACK").await
    }

    async fn end(self, sql: &str) -> Result<(), DbErr> {
        let mut connection = self.0.into_inner();
        connection.execute_unprepared(sql).await?;
        connection.in_transaction = false;
        Ok(())
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.lock().await.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.lock().await.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.0.lock().await.query_one(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.0.lock().await.query_all(statement).await
    }
}

fn query(statement: Statement) -> Query<'static, Postgres, SqlxValues> {
    let values = statement.values.unwrap_or_else(|| Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(io::ErrorKind::TimedOut.into())
}

pub(crate) fn db_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}
