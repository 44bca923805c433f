//! For tests: databases, a broker, an object store, a login provider, a payment provider, a proxy that injects network
//! faults, and an HTTP client that behaves like a browser.
//!
//! Everything is real. If a server is missing, the test fails; it is never skipped. `cargo xtask test` starts the
//! servers.
//!
//! # Writing a test against the database
//!
//! ```no_run
//! use stylelicense_testkit::database::TestDatabase;
//!
//! # async fn example() -> anyhow::Result<()> {
//! // A copy of the migrated template, dropped at the end of the test.
//! let database = TestDatabase::create().await?;
//! // For what the test prepares or inspects without the adapter.
//! let connection = database.connect().await?;
//! # drop(connection);
//! # Ok(())
//! # }
//! ```

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on panics, here as anywhere in a test"
)]

pub mod broker;
pub mod browser;
pub mod client;
pub mod database;
pub mod images;
pub mod login;
pub mod payments;
pub mod proxy;
pub mod statements;
pub mod storage;
