//! One connection in use, and a transaction on it. Every statement ends on our side too.
//!
//! The server's `statement_timeout` ends a statement only while the connection lives. When the other host is gone and no
//! reset ever comes, nothing arrives any more: then the statement fails here, and the connection is dropped without a
//! word to the server. The pool of sqlx cannot do that: it asks a connection that comes back whether it is alive, waits
//! for the answer without end and keeps its place taken meanwhile.

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

/// A connection that was not used for this long is tested before use; a busy one is not, since a test costs a third of
/// a one-row read.
const TESTED_AFTER_IDLE: Duration = Duration::from_secs(1);

/// How long a test, or a rollback that nobody waits for, may take.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

const FIRST_CONNECT_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_CONNECT_PAUSE: Duration = Duration::from_millis(500);

/// Called after each statement with the time it took and whether it failed.
pub(crate) type Observer = Arc<dyn Fn(Duration, bool) + Send + Sync>;

/// Opens connections for the pool and decides which of them are used again.
pub(crate) struct Connector {
    options: PgConnectOptions,
    /// One connection that is lost says that others are: those last used before are dropped, not tested one by one.
    distrusted_before: Mutex<Option<Instant>>,
}

impl Connector {
    pub(crate) fn new(options: PgConnectOptions) -> Self {
        Self {
            options,
            distrusted_before: Mutex::default(),
        }
    }

    fn distrust_idle(&self) {
        *self.distrusted() = Some(Instant::now());
    }

    fn distrusted(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.distrusted_before
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Manager for Connector {
    type Type = PgConnection;
    type Error = sqlx::Error;

    /// Waits for a server that is starting; the pool's caller sets the limit.
    async fn create(&self) -> Result<PgConnection, sqlx::Error> {
        let mut pause = FIRST_CONNECT_PAUSE;
        loop {
            match PgConnection::connect_with(&self.options).await {
                Err(error) if is_starting(&error) => sleep(pause).await,
                outcome => return outcome,
            }
            pause = (pause * 2).min(LONGEST_CONNECT_PAUSE);
        }
    }

    async fn recycle(&self, connection: &mut PgConnection, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        let last_used = metrics.recycled.unwrap_or(metrics.created);
        if self.distrusted().is_some_and(|moment| last_used < moment) {
            return Err(RecycleError::message("other connections were lost since"));
        }
        if last_used.elapsed() < TESTED_AFTER_IDLE {
            return Ok(());
        }
        let answer = timeout(PING_TIMEOUT, connection.ping()).await;
        answer.unwrap_or_else(|_| Err(no_answer())).map_err(|error| {
            self.distrust_idle();
            RecycleError::Backend(error)
        })
    }
}

/// A connection in use. Dropped, it goes back to the pool, unless something is wrong with it.
pub(crate) struct Connection {
    /// None: it was lost.
    object: Option<Object<Connector>>,
    limit: Duration,
    observer: Option<Observer>,
    /// A statement has begun and not ended: whoever waited for it has gone away.
    in_statement: bool,
    in_transaction: bool,
}

impl Connection {
    pub(crate) fn new(object: Object<Connector>, limit: Duration, observer: Option<Observer>) -> Self {
        Self {
            object: Some(object),
            limit,
            observer,
            in_statement: false,
            in_transaction: false,
        }
    }

    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        let query = query(statement);
        self.limited(|connection| connection.execute(query))
            .await
            .map(ExecResult::from)
    }

    pub(crate) async fn query_one(&mut self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let query = query(statement);
        let row = self
            .limited(|connection| connection.fetch_optional(query))
            .await?;
        Ok(row.map(QueryResult::from))
    }

    pub(crate) async fn query_all(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let query = query(statement);
        let rows = self.limited(|connection| connection.fetch_all(query)).await?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    pub(crate) async fn execute_unprepared(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        let sql = AssertSqlSafe(sql.to_owned());
        self.limited(|connection| connection.execute(sql))
            .await
            .map(ExecResult::from)
    }

    async fn limited<T>(
        &mut self,
        run: impl for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    ) -> Result<T, DbErr> {
        let Some(connection) = &mut self.object else {
            return Err(failed(sqlx::Error::Io(io::ErrorKind::NotConnected.into())));
        };
        let started = Instant::now();
        self.in_statement = true;
        let outcome = timeout(self.limit, run(connection)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(no_answer()));
        self.in_statement = false;
        if let Some(observer) = &self.observer {
            observer(started.elapsed(), outcome.is_err());
        }
        outcome.map_err(|error| {
            if ends_connection(&error) {
                self.lose();
            }
            failed(error)
        })
    }

    /// Drops the connection at once: to end it in good order could wait for ever.
    fn lose(&mut self) {
        if let Some(object) = self.object.take() {
            if let Some(pool) = Object::pool(&object) {
                pool.manager().distrust_idle();
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
            Ok(runtime) => drop(runtime.spawn(settle(object, self.in_transaction))),
            Err(_) => drop(Object::take(object)),
        }
    }
}

/// Brings a connection to rest that was left in the middle of something, or drops it.
async fn settle(mut object: Object<Connector>, in_transaction: bool) {
    let settled = timeout(PING_TIMEOUT, async {
        if in_transaction {
            object.execute("ROLLBACK").await.map(drop)
        } else {
            object.ping().await
        }
    });
    if !matches!(settled.await, Ok(Ok(()))) {
        drop(Object::take(object));
    }
}

/// A transaction. Dropped without [`Self::commit`], it rolls back.
pub(crate) struct Transaction(tokio::sync::Mutex<Connection>);

impl Transaction {
    /// Begins it with the statement `begin`.
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

fn no_answer() -> sqlx::Error {
    sqlx::Error::Io(io::ErrorKind::TimedOut.into())
}

pub(crate) fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}
