//! Object storage against the store that laptops run, and against one that fails.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod faults;
mod faulty_store;
mod memory;
mod objects;
mod presigned;
mod refusals;
mod support;
