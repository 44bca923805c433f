//! The composition root: adapters into services, services into the server and its background work.

mod background;
mod parts;
mod server;
mod services;

pub use background::Background;
#[cfg(feature = "local")]
pub use parts::storage_settings;
pub use parts::{Parts, payments};
pub use server::serve;
pub use services::Services;
