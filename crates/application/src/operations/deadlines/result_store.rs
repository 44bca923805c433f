//! Results in the object store.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use domain::{ObjectAddress, object::ObjectStorage, workers::StoredResult};

/// The object store during one round. After its first failure it is not called again in this round, because a store
/// that hangs must not delay the jobs that do not need it.
pub(super) struct ResultStore<'a> {
    storage: &'a dyn ObjectStorage,
    answers: AtomicBool,
}

impl<'a> ResultStore<'a> {
    pub(super) fn new(storage: &'a dyn ObjectStorage) -> Self {
        Self {
            storage,
            answers: AtomicBool::new(true),
        }
    }

    /// Searches `places` for a result that is not older than its task. Stores keep times to the second.
    pub(super) async fn find(
        &self,
        places: &[ObjectAddress],
        not_before: DateTime<Utc>,
    ) -> (StoredResult, Option<ObjectAddress>) {
        for place in places {
            if !self.answers.load(Ordering::Relaxed) {
                return (StoredResult::Unknown, None);
            }
            match self.storage.head(place).await {
                Ok(Some(info))
                    if info.modified_at.timestamp() >= not_before.timestamp() && info.bytes > 0 =>
                {
                    return (StoredResult::Found, Some(place.clone()));
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, key = place.key, "cannot search the object store for results");
                    self.answers.store(false, Ordering::Relaxed);
                }
            }
        }
        let stored = if self.answers.load(Ordering::Relaxed) {
            StoredResult::Missing
        } else {
            StoredResult::Unknown
        };
        (stored, None)
    }
}
