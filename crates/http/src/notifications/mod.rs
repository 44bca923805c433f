//! Notifications.

mod requests;
mod responses;
pub mod routes;
