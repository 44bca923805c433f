//! Health checks, the retention job, and the loop of background jobs.

mod health;
mod retention;
mod runner;

pub use health::{Health, HealthService, OverallHealth};
pub use retention::RetentionJob;
pub use runner::every;
