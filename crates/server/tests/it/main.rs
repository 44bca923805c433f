//! End-to-end tests of the binary over HTTP, with a real database, broker, object store and login provider.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(missing_docs, reason = "tests are named by what they show")]

mod auth;
mod crash;
mod edge;
mod generations;
mod notifications;
mod operations;
mod search;
mod social;
mod styles;
mod support;
mod tokens;
mod tour;
mod users;
mod workers;
