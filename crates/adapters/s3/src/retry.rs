//! Retries with exponential backoff.

use std::time::Duration;

use domain::object::ObjectError;
use tokio::time::{Instant, sleep};

use crate::failure::Failure;

const ATTEMPTS: u32 = 3;
/// Maximum pause before the second attempt; doubled before the third.
const INITIAL_BACKOFF: Duration = Duration::from_millis(150);

/// Runs `attempt` until it succeeds, fails finally, or has failed [`ATTEMPTS`] times. No attempt starts after
/// `budget`, so that a store that does not respond costs one timeout instead of three.
pub(crate) async fn with_retries<T, A, F>(
    operation: &'static str,
    budget: Duration,
    attempt: A,
) -> Result<T, ObjectError>
where
    A: Fn() -> F,
    F: Future<Output = Result<T, Failure>>,
{
    let started = Instant::now();
    let mut attempts = 0;
    loop {
        let reason = match attempt().await {
            Ok(value) => return Ok(value),
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Transient(reason)) => reason,
        };
        attempts += 1;
        if attempts == ATTEMPTS || started.elapsed() >= budget {
            return Err(ObjectError::Unavailable(reason));
        }
        tracing::warn!(
            operation,
            attempts,
            reason,
            "a call to the object store failed and is retried"
        );
        sleep(backoff_after(attempts)).await;
    }
}

/// With jitter, so that many callers do not retry at the same time.
fn backoff_after(attempts: u32) -> Duration {
    INITIAL_BACKOFF
        .mul_f64(rand::random_range(0.5..=1.0))
        .saturating_mul(1 << (attempts - 1))
}
