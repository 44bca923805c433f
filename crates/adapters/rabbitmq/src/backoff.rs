//! When a broker that could not be reached may be tried again.

use std::time::Duration;

use tokio::time::Instant;

/// Pauses between attempts to connect: doubled by each failure in a row, up to a longest one.
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
    /// Until when nothing is tried, and why.
    resting: Option<(Instant, String)>,
}

impl Backoff {
    /// No pause yet.
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            failures: 0,
            resting: None,
        }
    }

    /// Whether an attempt may be made at `now`; else the reason of the last failure.
    pub(crate) fn ready(&self, now: Instant) -> Result<(), String> {
        match &self.resting {
            Some((until, reason)) if now < *until => Err(reason.clone()),
            _ => Ok(()),
        }
    }

    /// An attempt failed: the next one has to wait. Returns how long.
    pub(crate) fn failed(&mut self, now: Instant, reason: String) -> Duration {
        let factor = 2_u32.saturating_pow(self.failures);
        let pause = self.first.saturating_mul(factor).min(self.longest);
        self.failures = self.failures.saturating_add(1);
        self.resting = Some((now + pause, reason));
        pause
    }

    /// The broker has proved itself: the next failure is a first one again.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
        self.resting = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_start_over_after_a_success() {
        let now = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(1));
        assert_eq!(backoff.ready(now), Ok(()));

        let fail = |backoff: &mut Backoff| backoff.failed(now, "refused".to_owned()).as_millis();
        let pauses: Vec<_> = (0..5).map(|_| fail(&mut backoff)).collect();
        assert_eq!(pauses, [250, 500, 1000, 1000, 1000]);
        assert_eq!(backoff.ready(now), Err("refused".to_owned()));
        assert_eq!(backoff.ready(now + Duration::from_secs(1)), Ok(()));

        backoff.reset();
        assert_eq!(backoff.ready(now), Ok(()));
        assert_eq!(fail(&mut backoff), 250);
    }

    #[test]
    fn a_year_of_failures_does_not_overflow() {
        let now = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(15));
        for _ in 0..10_000 {
            backoff.failed(now, String::new());
        }
        assert_eq!(backoff.failed(now, String::new()), Duration::from_secs(15));
    }
}
