//! Health checks.

mod responses;
pub mod routes;
