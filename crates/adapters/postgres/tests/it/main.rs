//! Tests of the adapter against a real PostgreSQL, named by the environment variable `DATABASE_URL`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

mod auth;
mod generations;
mod operations;
mod outbox;
mod pool;
mod queries;
mod search;
mod social;
mod styles;
mod tokens;
mod users;
