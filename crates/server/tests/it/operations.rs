//! Local development, documentation pages, health checks and shutdown.

mod dev;
mod docs;
mod health;
mod shutdown;
