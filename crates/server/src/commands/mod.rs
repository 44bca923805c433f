//! The operator's commands. Their results go to standard output, complaints and logs to standard error.

pub mod ledger;
pub mod migrate;
pub mod openapi;
pub mod outbox;
pub mod payments;
pub mod serve;

use std::future::Future;

use adapter_postgres::{PgStore, PoolOptions};
use anyhow::Context;
use secrecy::SecretString;

/// Prints a line of a command's result.
#[expect(clippy::print_stdout, reason = "a command answers on standard output")]
pub fn say(line: &str) {
    println!("{line}");
}

/// Prints what went wrong.
#[expect(clippy::print_stderr, reason = "a command complains on standard error")]
pub fn complain(line: &str) {
    eprintln!("stylelicense: {line}");
}

/// Runs a command's work to its end.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")?
        .block_on(work)
}

/// The database's address: all that the operator's commands need.
pub fn database_url() -> anyhow::Result<SecretString> {
    let url = std::env::var("DATABASE_URL")
        .ok()
        .filter(|url| !url.trim().is_empty());
    url.map(SecretString::from)
        .context("DATABASE_URL is required: the address of the database")
}

/// Connects to the database.
pub async fn connect() -> anyhow::Result<PgStore> {
    PgStore::connect(&database_url()?, &PoolOptions::default())
        .await
        .context("the database cannot be reached")
}
