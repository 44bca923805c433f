//! Commands for operators. Results go to standard output, errors and logs to standard error.

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

#[expect(clippy::print_stdout, reason = "results go to standard output")]
pub fn print_line(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "errors go to standard error")]
pub fn print_error(line: &str) {
    eprintln!("stylelicense: {line}");
}

pub fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?
        .block_on(future)
}

/// `DATABASE_URL`, the only setting that most commands need.
pub fn database_url() -> anyhow::Result<SecretString> {
    let url = std::env::var("DATABASE_URL")
        .ok()
        .filter(|url| !url.trim().is_empty());
    url.map(SecretString::from).context("DATABASE_URL is required")
}

pub async fn connect() -> anyhow::Result<PgStore> {
    PgStore::connect(&database_url()?, &PoolOptions::default())
        .await
        .context("cannot connect to the database")
}
