//! The unit of work: one transaction shared by several repositories.

use async_trait::async_trait;

use crate::{
    StorageError,
    generations::Generations,
    styles::{Styles, Uploads},
    users::{Accounts, Erasures, Profiles},
    workers::Outbox,
};

#[async_trait]
pub trait UnitOfWorkFactory: Send + Sync {
    /// Begins a transaction.
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError>;
}

/// One transaction. It is rolled back when dropped without [`UnitOfWork::commit`]. Make no network calls while it is
/// open.
#[async_trait]
pub trait UnitOfWork: Send {
    fn accounts(&mut self) -> &mut dyn Accounts;
    fn styles(&mut self) -> &mut dyn Styles;
    fn generations(&mut self) -> &mut dyn Generations;
    fn outbox(&mut self) -> &mut dyn Outbox;
    fn uploads(&mut self) -> &mut dyn Uploads;
    fn profiles(&mut self) -> &mut dyn Profiles;
    fn erasures(&mut self) -> &mut dyn Erasures;
    async fn commit(self: Box<Self>) -> Result<(), StorageError>;
    /// Rolls back and releases all locks before it returns. A drop does so asynchronously.
    async fn rollback(self: Box<Self>) -> Result<(), StorageError>;
}
