//! Health, housekeeping, and the loop that background work runs in.

mod health;
mod housekeeping;
mod runner;

pub use health::{Health, HealthService, OverallHealth};
pub use housekeeping::Housekeeper;
pub use runner::every;
