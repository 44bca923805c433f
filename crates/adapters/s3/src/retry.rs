//! Repeating what may go better the next time.

use std::time::Duration;

use domain::object::ObjectError;
use tokio::time::{Instant, sleep};

use crate::failure::Failure;

/// How often a call is tried in all.
const ATTEMPTS: u32 = 3;
/// The longest pause before the second attempt; doubled before the third.
const FIRST_PAUSE: Duration = Duration::from_millis(150);

/// Runs `attempt` until it succeeds, is refused, or was tried three times. None is begun after `budget` has passed:
/// who has waited that long does not wait as long again.
pub(crate) async fn retried<T, A, F>(
    operation: &'static str,
    budget: Duration,
    attempt: A,
) -> Result<T, ObjectError>
where
    A: Fn() -> F,
    F: Future<Output = Result<T, Failure>>,
{
    let began = Instant::now();
    let mut tried = 0;
    loop {
        let reason = match attempt().await {
            Ok(value) => return Ok(value),
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Passing(reason)) => reason,
        };
        tried += 1;
        if tried == ATTEMPTS || began.elapsed() >= budget {
            return Err(ObjectError::Unavailable(reason));
        }
        tracing::warn!(
            operation,
            tried,
            reason,
            "a call of the object store failed and is repeated"
        );
        sleep(pause_after(tried)).await;
    }
}

/// Somewhere in the upper half of the longest pause, so that many callers do not come back at the same moment.
fn pause_after(tried: u32) -> Duration {
    FIRST_PAUSE
        .mul_f64(rand::random_range(0.5..=1.0))
        .saturating_mul(1 << (tried - 1))
}
