//! Finding styles and artists.

mod responses;
pub mod routes;
