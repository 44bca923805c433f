//! Signing in and out.

mod next;
mod requests;
pub mod routes;
