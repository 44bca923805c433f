//! Integration tests of the private PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a failed helper fails the test that called it")]

mod cluster;
