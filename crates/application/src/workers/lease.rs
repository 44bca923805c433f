//! The lease on an outbox topic. Of several servers, one holds it and processes the messages in order.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{
    StorageError,
    clock::{Clock, Ids},
    workers::{DueMessage, OutboxQueue, OutboxTopic},
};
use uuid::Uuid;

/// Lifetime of a lease. Every fetch renews it. It is longer than a batch takes.
const LEASE: Duration = Duration::from_secs(30);

/// A message that was refused this often is parked: kept and shown to operators, but not tried again.
const PARK_AFTER: i32 = 20;

/// Pause before a refused message is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(15);

/// Fetches, confirms and refuses the messages of one topic for one holder.
pub(super) struct Lease {
    topic: OutboxTopic,
    holder: Uuid,
    outbox: Arc<dyn OutboxQueue>,
    clock: Arc<dyn Clock>,
    /// Whether the broker or store answered last time. Each change is logged once.
    reachable: AtomicBool,
}

impl Lease {
    pub(super) fn new(
        topic: impl Into<OutboxTopic>,
        outbox: Arc<dyn OutboxQueue>,
        clock: Arc<dyn Clock>,
        ids: &dyn Ids,
    ) -> Self {
        Self {
            topic: topic.into(),
            holder: ids.uuid(),
            outbox,
            clock,
            reachable: AtomicBool::new(true),
        }
    }

    /// Up to `limit` due messages; none while another server holds the lease.
    pub(super) async fn fetch(&self, limit: usize) -> Result<Vec<DueMessage>, StorageError> {
        let now = self.clock.now();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.outbox
            .lease_and_fetch(self.topic, self.holder, now, now + LEASE, limit)
            .await
    }

    /// Deletes messages that are done.
    pub(super) async fn confirm(&self, ids: Vec<i64>) -> Result<(), StorageError> {
        self.answered();
        self.outbox.confirm(ids).await
    }

    /// Schedules a message again, or parks it.
    pub(super) async fn refuse(&self, message: &DueMessage, reason: &str) -> Result<(), StorageError> {
        self.answered();
        let park = message.attempts + 1 >= PARK_AFTER;
        tracing::warn!(
            topic = self.topic.as_str(),
            task = %message.task_id,
            %reason,
            park,
            "an outbox message was refused"
        );
        let now = self.clock.now();
        self.outbox
            .refuse(message.id, reason, now, now + RETRY_AFTER, park)
            .await
    }

    fn answered(&self) {
        if !self.reachable.swap(true, Ordering::Relaxed) {
            tracing::info!(
                topic = self.topic.as_str(),
                "the receiver of outbox messages is back"
            );
        }
    }

    /// Logs that the broker or store does not answer.
    pub(super) fn unreachable(&self, reason: &str) {
        if self.reachable.swap(false, Ordering::Relaxed) {
            tracing::warn!(topic = self.topic.as_str(), %reason, "the receiver of outbox messages cannot be reached");
        }
    }

    /// Releases the lease, so that another server takes over at once.
    pub(super) async fn release(&self) -> Result<(), StorageError> {
        self.outbox.release_lease(self.topic, self.holder).await
    }

    /// Releases the lease when the server stops.
    pub(super) async fn stop(&self) {
        if let Err(error) = self.release().await {
            tracing::warn!(topic = self.topic.as_str(), %error, "the lease is not released and will expire");
        }
    }
}
