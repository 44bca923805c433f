//! The adapter against the demo provider with injected faults. Test names that start with `o` and a number refer to
//! the numbered guarantees in `docs/SECURITY.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod outages;
mod requests;
mod secrets;
mod settings;
mod support;
mod tokens;
