//! Tests of the schema on the PostgreSQL server in `DATABASE_URL`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod erasure;
mod lifecycle;
mod rules;
mod shape;
mod support;
