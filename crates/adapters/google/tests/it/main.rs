//! The adapter against a provider of its own, which answers rightly or wrongly as it is told. The names that
//! start with `o` and a number are those of the promises in the quality page.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod outages;
mod requests;
mod secrets;
mod settings;
mod support;
mod tokens;
