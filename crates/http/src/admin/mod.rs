//! Routes for administrators.

mod responses;
pub mod routes;
