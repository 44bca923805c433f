//! The composition root: creates adapters, services, the HTTP server and the background jobs.

mod adapters;
mod background;
mod connections;
mod server;
mod services;

#[cfg(feature = "local")]
pub use adapters::storage_settings;
pub use adapters::{Adapters, payments, publisher};
pub use background::Background;
pub use server::serve;
pub use services::Services;
