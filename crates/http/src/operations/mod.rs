//! Health of the platform.

mod responses;
pub mod routes;
