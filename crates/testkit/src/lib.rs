//! Fixtures of tests: database, broker, object store, login and payment provider, proxies that interrupt connections,
//! an HTTP client and a browser. All are real servers; a missing one fails the test and never skips it.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    missing_docs,
    reason = "tests fail by panicking, and names say what is needed"
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
