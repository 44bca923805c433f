//! The system's time and randomness, behind the ports of `domain`.

use chrono::{DateTime, SubsecRound, Utc};
use domain::{
    clock::{Clock, Ids},
    generations::Seed,
};
use uuid::Uuid;

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock port's adapter")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

/// The operating system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the Ids port's adapter")]
    fn uuid(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn seed(&self) -> Seed {
        Seed::of_bits(rand::random())
    }
}
