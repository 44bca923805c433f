//! Likes and comments.

mod errors;
mod requests;
mod responses;
pub mod routes;
