//! Writes that belong together: one transaction that every repository takes part in.

use async_trait::async_trait;

use crate::{
    StorageError,
    generations::Generations,
    styles::{Styles, Uploads},
    users::{Accounts, Erasures, Profiles},
    workers::Outbox,
};

/// Opens units of work.
#[async_trait]
pub trait UnitOfWorkFactory: Send + Sync {
    /// Begins a transaction.
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StorageError>;
}

/// One transaction. Dropped without [`UnitOfWork::commit`], it leaves nothing behind. No network call belongs inside.
#[async_trait]
pub trait UnitOfWork: Send {
    /// Accounts, wallets and artist profiles.
    fn accounts(&mut self) -> &mut dyn Accounts;
    /// Styles and their images.
    fn styles(&mut self) -> &mut dyn Styles;
    /// Requests and images.
    fn generations(&mut self) -> &mut dyn Generations;
    /// Tasks on their way.
    fn outbox(&mut self) -> &mut dyn Outbox;
    /// Uploads in progress.
    fn uploads(&mut self) -> &mut dyn Uploads;
    /// What accounts show of themselves.
    fn profiles(&mut self) -> &mut dyn Profiles;
    /// Accounts on their way out.
    fn erasures(&mut self) -> &mut dyn Erasures;
    /// Makes everything permanent.
    async fn commit(self: Box<Self>) -> Result<(), StorageError>;
    /// Leaves nothing behind and lets go of every lock before it returns; when merely dropped, that happens a little
    /// later.
    async fn roll_back(self: Box<Self>) -> Result<(), StorageError>;
}
