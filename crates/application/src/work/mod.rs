//! What runs by itself beside the requests: relaying tasks, removing objects, sweeping silent jobs, folding
//! earnings, keeping house. Each of them is safe on several servers at once.

mod deletions;
mod housekeeping;
mod relay;
mod runner;
mod sweep;

pub use deletions::Deletions;
pub use housekeeping::Housekeeper;
pub use relay::{Relay, RelayRound};
pub use runner::every;
pub use sweep::{SweepReport, Sweeper};
