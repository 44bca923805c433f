//! Webhooks of the AI workers.

mod access;
mod body;
mod figures;
mod requests;
mod responses;
pub mod routes;

pub use access::WorkerAccess;
