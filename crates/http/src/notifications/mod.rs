//! Notifications.

mod responses;
pub mod routes;
