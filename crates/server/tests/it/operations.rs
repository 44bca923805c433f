//! Running the platform: local development, documentation pages, health checks, shutdown.

mod dev;
mod docs;
mod health;
mod shutdown;
