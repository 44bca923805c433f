//! End to end: the real binary over HTTP, with a real database, broker, object store and login provider.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(missing_docs, reason = "tests are named by what they show")]

mod accounts;
mod answers;
mod authorization;
mod broker;
mod browser;
mod clients;
mod community;
mod connections;
mod crash;
mod csrf_cors;
mod deadlines;
mod dev;
mod follows;
mod language;
mod login;
mod money;
mod paging;
mod payments;
mod routes;
mod search;
mod sessions;
mod statements;
mod style_changes;
mod support;
mod tour;
mod upload_memory;
mod uploads;
mod webhooks;
mod worker_path;
