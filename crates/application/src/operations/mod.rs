//! Health checks, the loop of background jobs, and the jobs of several subjects: retention, deadlines.

mod deadlines;
mod health;
mod retention;
mod runner;

pub use deadlines::{DeadlineJob, DeadlineReport};
pub use health::{Health, HealthService, OverallHealth};
pub use retention::RetentionJob;
pub use runner::every;
