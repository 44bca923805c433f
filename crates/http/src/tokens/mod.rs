//! Balances, transactions and purchases of tokens.

mod errors;
mod requests;
mod responses;
pub mod routes;
