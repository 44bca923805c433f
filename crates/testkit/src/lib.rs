//! What tests stand on: a database, a broker, an object store and a login provider of their own, ways to cut them off,
//! and a client that behaves as a browser does. Everything real; a missing server is a failure, never a skipped test.

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
