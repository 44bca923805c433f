//! Adapters of the `Clock` and `Ids` ports: system time and random numbers.

use chrono::{DateTime, SubsecRound, Utc};
use domain::{
    clock::{Clock, Ids},
    generations::Seed,
};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock port's adapter")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the Ids port's adapter")]
    fn uuid(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn seed(&self) -> Seed {
        Seed::from_bits(rand::random())
    }
}
