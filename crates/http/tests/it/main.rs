//! Tests of the HTTP layer with stub routes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bodies;
mod cors;
mod csrf;
mod docs;
mod forms;
mod headers;
mod login;
mod logs;
mod queries;
mod server;
mod sessions;
mod support;
