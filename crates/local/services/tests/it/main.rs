//! Integration tests of the local services.

#![allow(clippy::unwrap_used, reason = "a failed helper fails the test that called it")]

mod oidc;
mod s3;
mod toss;
