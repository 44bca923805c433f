//! Balances, transactions and buying tokens.

mod errors;
mod requests;
mod responses;
pub mod routes;
