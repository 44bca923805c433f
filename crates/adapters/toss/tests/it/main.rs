//! The adapter against the local payment provider and against a server with scripted responses.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod errors;
mod flow;
mod outages;
mod requests;
mod secrets;
mod settings;
mod support;
