//! End to end: the real binary over HTTP, with a real database, broker, object store and login provider.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(missing_docs, reason = "tests are named by what they show")]

mod answers;
mod authorization;
mod broker;
mod crash;
mod csrf_cors;
mod deadlines;
mod dev;
mod login;
mod money;
mod paging;
mod routes;
mod sessions;
mod support;
mod upload_memory;
mod uploads;
mod webhooks;
mod worker_path;
