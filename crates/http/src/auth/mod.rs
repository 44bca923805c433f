//! Login and logout.

mod next;
mod requests;
pub mod routes;
