//! The adapter against the local object store and against a store with injected faults.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod faults;
mod faulty_store;
mod memory;
mod objects;
mod presigned;
mod refusals;
mod support;
