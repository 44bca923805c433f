//! Exponential backoff between attempts to connect.

use std::time::Duration;

use tokio::time::Instant;

/// The pause doubles with each consecutive failure, up to a maximum.
#[derive(Debug)]
pub(crate) struct Backoff {
    initial: Duration,
    max: Duration,
    failures: u32,
    /// End of the current pause and the error that caused it.
    paused_until: Option<(Instant, String)>,
}

impl Backoff {
    pub(crate) fn new(initial: Duration, max: Duration) -> Self {
        Self {
            initial,
            max,
            failures: 0,
            paused_until: None,
        }
    }

    /// Fails with the reason of the last failure while the pause lasts.
    pub(crate) fn check(&self, now: Instant) -> Result<(), String> {
        match &self.paused_until {
            Some((until, reason)) if now < *until => Err(reason.clone()),
            _ => Ok(()),
        }
    }

    /// Records a failed attempt and returns the pause before the next one.
    pub(crate) fn record_failure(&mut self, now: Instant, reason: String) -> Duration {
        let factor = 2_u32.saturating_pow(self.failures);
        let pause = self.initial.saturating_mul(factor).min(self.max);
        self.failures = self.failures.saturating_add(1);
        self.paused_until = Some((now + pause, reason));
        pause
    }

    /// After a success, the next failure starts with the initial pause.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
        self.paused_until = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_the_maximum_and_a_success_resets_it() {
        let now = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(1));
        assert_eq!(backoff.check(now), Ok(()));

        let fail = |backoff: &mut Backoff| backoff.record_failure(now, "refused".to_owned()).as_millis();
        let pauses: Vec<_> = (0..5).map(|_| fail(&mut backoff)).collect();
        assert_eq!(pauses, [250, 500, 1000, 1000, 1000]);
        assert_eq!(backoff.check(now), Err("refused".to_owned()));
        assert_eq!(backoff.check(now + Duration::from_secs(1)), Ok(()));

        backoff.reset();
        assert_eq!(backoff.check(now), Ok(()));
        assert_eq!(fail(&mut backoff), 250);
    }

    #[test]
    fn many_failures_do_not_overflow() {
        let now = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(15));
        for _ in 0..10_000 {
            backoff.record_failure(now, String::new());
        }
        assert_eq!(
            backoff.record_failure(now, String::new()),
            Duration::from_secs(15)
        );
    }
}
