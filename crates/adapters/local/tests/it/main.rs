//! Integration tests of the local adapters.

#![allow(clippy::unwrap_used, reason = "a failed helper fails the test that called it")]

#[cfg(feature = "cluster")]
mod cluster;
#[cfg(feature = "full")]
mod consumer;
#[cfg(feature = "full")]
mod oidc;
#[cfg(feature = "full")]
mod s3;
#[cfg(feature = "full")]
mod toss;
#[cfg(feature = "full")]
mod worker;
