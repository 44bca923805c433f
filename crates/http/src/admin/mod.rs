//! For administrators.

mod responses;
pub mod routes;
