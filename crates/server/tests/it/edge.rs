//! Tests of behavior that all routes share.

pub mod answers;
pub mod authorization;
mod browser;
mod clients;
mod connections;
mod csrf_cors;
mod language;
mod paging;
mod routes;
mod statements;
