//! Writes that belong together: one transaction, of which every repository is a view.

mod accounts;
mod erasures;
mod generations;
mod outbox;
mod profiles;
mod styles;
mod tags;
mod uploads;

use async_trait::async_trait;
use domain::ports::{
    Accounts, Erasures, Generations, Outbox, Profiles, StorageError, Styles, UnitOfWork, UnitOfWorkFactory,
    Uploads,
};
use sea_orm::{ConnectionTrait, QueryResult, Value};

use crate::{
    connect::{PgStore, statement},
    connection::Transaction,
    error::storage_error,
};

#[async_trait]
impl UnitOfWorkFactory for PgStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        let tx = self.db().begin().await.map_err(storage_error)?;
        Ok(Box::new(PgUnitOfWork { tx }))
    }
}

/// One transaction. It implements every repository itself; dropped, it rolls back.
struct PgUnitOfWork {
    tx: Transaction,
}

#[async_trait]
impl UnitOfWork for PgUnitOfWork {
    fn accounts(&mut self) -> &mut dyn Accounts {
        self
    }

    fn styles(&mut self) -> &mut dyn Styles {
        self
    }

    fn generations(&mut self) -> &mut dyn Generations {
        self
    }

    fn outbox(&mut self) -> &mut dyn Outbox {
        self
    }

    fn uploads(&mut self) -> &mut dyn Uploads {
        self
    }

    fn profiles(&mut self) -> &mut dyn Profiles {
        self
    }

    fn erasures(&mut self) -> &mut dyn Erasures {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StorageError> {
        self.tx.commit().await.map_err(storage_error)
    }

    async fn roll_back(self: Box<Self>) -> Result<(), StorageError> {
        self.tx.rollback().await.map_err(storage_error)
    }
}

impl PgUnitOfWork {
    async fn one(&self, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, StorageError> {
        self.tx
            .query_one_raw(statement(sql, values))
            .await
            .map_err(storage_error)
    }

    async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, StorageError> {
        self.tx
            .query_all_raw(statement(sql, values))
            .await
            .map_err(storage_error)
    }

    /// Returns the number of rows changed.
    async fn run(&self, sql: &str, values: Vec<Value>) -> Result<u64, StorageError> {
        let done = self.tx.execute_raw(statement(sql, values)).await;
        done.map(|result| result.rows_affected()).map_err(storage_error)
    }
}
