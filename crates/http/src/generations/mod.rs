//! Images made in a style, and the public feed.

mod errors;
mod requests;
mod responses;
pub mod routes;
