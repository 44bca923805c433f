//! The composition root: adapters into services, services into the server and its background work.

mod background;
mod parts;
mod server;
mod services;

pub use background::Background;
pub use parts::{Parts, payments};
pub use server::serve;
pub use services::Services;
