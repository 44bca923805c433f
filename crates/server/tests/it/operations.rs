//! Running the platform: local development, documentation pages, shutdown.

mod dev;
mod docs;
mod shutdown;
