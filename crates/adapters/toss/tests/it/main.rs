//! The adapter against a provider of its own, and against one that says whatever it is told.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod flow;
mod outages;
mod refusals;
mod requests;
mod secrets;
mod settings;
mod support;
