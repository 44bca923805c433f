//! Integration tests of the demo worker.

#![allow(clippy::unwrap_used, reason = "a failed helper fails the test that called it")]

mod broker;
mod worker;
