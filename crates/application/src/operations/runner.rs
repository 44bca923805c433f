//! Runs a task again and again until the server stops.

use std::{future::Future, time::Duration};

use domain::StorageError;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Longest wait after failures in a row.
const SLOWEST: Duration = Duration::from_secs(30);

/// Calls `round` every `pause`, at once when woken, and at once again when it says there is more to do. After
/// failures the wait doubles, up to half a minute. Ends when `stop` is cancelled, never in the middle of a round.
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
                wait = (wait * 2).clamp(pause, SLOWEST.max(pause));
                tracing::warn!(work = name, error = &error as &dyn std::error::Error, wait = ?wait, "background work failed");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}
