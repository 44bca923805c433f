//! Integration tests with the installed PostgreSQL programs.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod cluster;
