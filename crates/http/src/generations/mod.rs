//! Generations, and the public feed.

mod errors;
mod requests;
mod responses;
pub mod routes;
