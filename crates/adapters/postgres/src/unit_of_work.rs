//! The unit of work: one transaction that implements every repository.

use async_trait::async_trait;
use domain::{
    StorageError,
    generations::Generations,
    styles::{Styles, Uploads},
    unit_of_work::{UnitOfWork, UnitOfWorkFactory},
    users::{Accounts, Erasures, Profiles},
    workers::Outbox,
};
use sea_orm::{ConnectionTrait, QueryResult, Value};

use crate::{
    connection::Transaction,
    error::storage_error,
    pool::{PgStore, statement},
};

#[async_trait]
impl UnitOfWorkFactory for PgStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError> {
        let tx = self.db().begin().await.map_err(storage_error)?;
        Ok(Box::new(PgUnitOfWork { tx }))
    }
}

/// Rolls back when dropped.
pub(crate) struct PgUnitOfWork {
    pub(crate) tx: Transaction,
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

    async fn rollback(self: Box<Self>) -> Result<(), StorageError> {
        self.tx.rollback().await.map_err(storage_error)
    }
}

impl PgUnitOfWork {
    pub(crate) async fn one(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>, StorageError> {
        self.tx
            .query_one_raw(statement(sql, values))
            .await
            .map_err(storage_error)
    }

    pub(crate) async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, StorageError> {
        self.tx
            .query_all_raw(statement(sql, values))
            .await
            .map_err(storage_error)
    }

    /// Returns the number of rows changed.
    pub(crate) async fn run(&self, sql: &str, values: Vec<Value>) -> Result<u64, StorageError> {
        let result = self.tx.execute_raw(statement(sql, values)).await;
        result.map(|result| result.rows_affected()).map_err(storage_error)
    }
}
