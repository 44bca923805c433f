//! Search for styles and artists.

mod requests;
mod responses;
pub mod routes;
