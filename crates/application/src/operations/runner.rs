//! The loop of a background job.

use std::{future::Future, time::Duration};

use domain::StorageError;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Maximum backoff after failures.
const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// Calls `round` every `pause`, and immediately when woken or when the last round returned true. After failures the
/// wait doubles up to [`MAX_BACKOFF`]. Ends when `stop` is canceled, but never in the middle of a round.
pub async fn every<F, R>(
    name: &'static str,
    pause: Duration,
    wake: &Notify,
    stop: &CancellationToken,
    mut round: F,
) where
    F: FnMut() -> R,
    R: Future<Output = Result<bool, StorageError>>,
{
    let mut wait = pause;
    while !stop.is_cancelled() {
        match round().await {
            Ok(true) => {
                wait = pause;
                continue;
            }
            Ok(false) => wait = pause,
            Err(error) => {
                wait = (wait * 2).clamp(pause, MAX_BACKOFF.max(pause));
                tracing::warn!(work = name, error = &error as &dyn std::error::Error, wait = ?wait, "a background job failed");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}
