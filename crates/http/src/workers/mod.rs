//! Webhooks for the GPU workers.

mod access;
mod body;
mod requests;
mod responses;
pub mod routes;
mod sanitize;

pub use access::WorkerAccess;
