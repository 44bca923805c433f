//! The composition root: adapters into services, services into the server and its background work.

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
