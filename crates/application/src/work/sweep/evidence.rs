//! What storage says of a result.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use domain::{ObjectAddress, ports::ObjectStorage, retry::Evidence};

/// The object store during one round. Once it did not answer, it is not asked again in this round: a store that hangs
/// must not hold up the jobs that need none.
pub(super) struct Archive<'a> {
    storage: &'a dyn ObjectStorage,
    answers: AtomicBool,
}

impl<'a> Archive<'a> {
    pub(super) fn new(storage: &'a dyn ObjectStorage) -> Self {
        Self {
            storage,
            answers: AtomicBool::new(true),
        }
    }

    /// Looks in `places` for a result that is not older than its task. Stores tell times to the second.
    pub(super) async fn look(
        &self,
        places: &[ObjectAddress],
        not_before: DateTime<Utc>,
    ) -> (Evidence, Option<ObjectAddress>) {
        for place in places {
            if !self.answers.load(Ordering::Relaxed) {
                return (Evidence::Unknown, None);
            }
            match self.storage.head(place).await {
                Ok(Some(info))
                    if info.modified_at.timestamp() >= not_before.timestamp() && info.bytes > 0 =>
                {
                    return (Evidence::Found, Some(place.clone()));
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, key = place.key, "storage cannot be asked for results");
                    self.answers.store(false, Ordering::Relaxed);
                }
            }
        }
        let evidence = if self.answers.load(Ordering::Relaxed) {
            Evidence::Missing
        } else {
            Evidence::Unknown
        };
        (evidence, None)
    }
}
