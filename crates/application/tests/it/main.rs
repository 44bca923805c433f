//! Logic of the use cases, with mocked ports.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(clippy::unnecessary_wraps, reason = "mocked ports return results")]

mod generations;
mod operations;
mod social;
mod support;
mod tokens;
mod users;
mod workers;
