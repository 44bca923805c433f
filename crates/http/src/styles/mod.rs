//! Styles and their training.

mod errors;
mod requests;
mod responses;
pub mod routes;
