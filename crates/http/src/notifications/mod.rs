//! Notifications of the current account.

mod requests;
mod responses;
pub mod routes;
