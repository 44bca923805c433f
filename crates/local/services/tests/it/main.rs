//! Integration tests of the local services.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod oidc;
mod s3;
mod toss;
