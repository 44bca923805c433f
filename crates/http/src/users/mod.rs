//! Accounts, artists and follows.

mod errors;
mod requests;
pub mod responses;
pub mod routes;
