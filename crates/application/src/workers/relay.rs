//! The relay: takes due messages out of the outbox, publishes them, and forgets each only when it is confirmed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use domain::{
    StorageError,
    clock::{Clock, Ids},
    object::{Buckets, ObjectStorage},
    workers::{Delivery, DueMessage, OutboxQueue, OutgoingTask, TaskPublisher, Topic},
};
use uuid::Uuid;

use super::{PRESIGNED_PUT_LIFETIME, result_key, with_upload_url};

/// How long a lease is good for. Renewed by every fetch; longer than a batch may take to be confirmed.
const LEASE: Duration = Duration::from_secs(30);

/// A message refused this often is parked: kept, shown, and no longer in the way.
const PARK_AFTER: i32 = 20;

/// How long a refused message waits.
const REFUSED_WAIT: Duration = Duration::from_secs(15);

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RelayRound {
    pub confirmed: usize,
    pub refused: usize,
    /// Messages left for the next round since the broker did not answer.
    pub unreachable: usize,
    /// Whether the batch was full, so that more is likely due.
    pub full: bool,
}

/// Relays the messages of one topic. Of several relays one holds the topic's lease, so order is kept.
pub struct Relay {
    topic: Topic,
    holder: Uuid,
    outbox: Arc<dyn OutboxQueue>,
    publisher: Arc<dyn TaskPublisher>,
    storage: Arc<dyn ObjectStorage>,
    buckets: Buckets,
    clock: Arc<dyn Clock>,
    /// Whether the broker answered last time: its loss and its return are logged once each.
    reachable: AtomicBool,
}

impl Relay {
    /// Puts a relay together.
    pub fn new(
        topic: Topic,
        outbox: Arc<dyn OutboxQueue>,
        publisher: Arc<dyn TaskPublisher>,
        storage: Arc<dyn ObjectStorage>,
        buckets: Buckets,
        clock: Arc<dyn Clock>,
        ids: &dyn Ids,
    ) -> Self {
        Self {
            topic,
            holder: ids.uuid(),
            outbox,
            publisher,
            storage,
            buckets,
            clock,
            reachable: AtomicBool::new(true),
        }
    }

    /// One round: fetch, publish, settle. An error of the database leaves every message where it is; a message that
    /// was published but not forgotten is published again with the same id.
    pub async fn round(&self) -> Result<RelayRound, StorageError> {
        let now = self.clock.now();
        let window = self.publisher.window();
        let limit = i64::try_from(window).unwrap_or(i64::MAX);
        let due = self
            .outbox
            .lease_and_fetch(self.topic.into(), self.holder, now, now + LEASE, limit)
            .await?;
        if due.is_empty() {
            return Ok(RelayRound::default());
        }
        let full = due.len() >= window;
        let (due, batch) = self.outgoing(due).await;
        let deliveries = self.publisher.publish(self.topic, batch).await;
        let round = self.settle(&due, deliveries).await?;
        if round.unreachable > 0 && round.confirmed == 0 {
            // Another server may reach the broker: it need not wait for the lease to run out.
            self.outbox.release_lease(self.topic.into(), self.holder).await?;
        }
        Ok(RelayRound {
            full: full && round.unreachable == 0 && round.confirmed > 0,
            ..round
        })
    }

    /// Gives the lease up when the server stops, so that another relay takes over at once.
    pub async fn stop(&self) {
        if let Err(error) = self.outbox.release_lease(self.topic.into(), self.holder).await {
            tracing::warn!(topic = self.topic.as_str(), %error, "the relay's lease is left to run out");
        }
    }

    async fn outgoing(&self, due: Vec<DueMessage>) -> (Vec<DueMessage>, Vec<OutgoingTask>) {
        let mut kept = Vec::with_capacity(due.len());
        let mut batch = Vec::with_capacity(due.len());
        for message in due {
            let Some(body) = self.body(&message).await else {
                continue;
            };
            batch.push(OutgoingTask {
                task_id: message.task_id,
                body,
            });
            kept.push(message);
        }
        (kept, batch)
    }

    /// The message as it is sent: an image task gets its upload address now, since addresses grow old. Without one
    /// (the store's credentials cannot be had) it is still sent: workers can store the image themselves.
    async fn body(&self, message: &DueMessage) -> Option<Bytes> {
        let stored = || Some(Bytes::from(message.payload.clone()));
        if self.topic != Topic::ImageGeneration {
            return stored();
        }
        let Some(key) = result_key(&message.payload) else {
            return stored();
        };
        match self
            .storage
            .presign_put(&self.buckets.public(key), PRESIGNED_PUT_LIFETIME)
            .await
        {
            Ok(url) => with_upload_url(&message.payload, &url)
                .map(Bytes::from)
                .or_else(stored),
            Err(error) => {
                tracing::warn!(%error, task = %message.task_id, "no upload address for a task");
                stored()
            }
        }
    }

    async fn settle(
        &self,
        due: &[DueMessage],
        deliveries: Vec<Delivery>,
    ) -> Result<RelayRound, StorageError> {
        let mut round = RelayRound::default();
        let mut confirmed = Vec::with_capacity(due.len());
        let mut refused = Vec::new();
        for (message, delivery) in due.iter().zip(deliveries) {
            match delivery {
                Delivery::Confirmed => confirmed.push(message.id),
                Delivery::Refused(reason) => refused.push((message, reason)),
                Delivery::Unreachable(reason) => {
                    if self.reachable.swap(false, Ordering::Relaxed) {
                        tracing::warn!(topic = self.topic.as_str(), %reason, "the broker cannot be reached");
                    }
                    round.unreachable += 1;
                }
            }
        }
        if !confirmed.is_empty() && !self.reachable.swap(true, Ordering::Relaxed) {
            tracing::info!(topic = self.topic.as_str(), "the broker is back");
        }
        round.confirmed = confirmed.len();
        round.refused = refused.len();
        if !confirmed.is_empty() {
            self.outbox.confirm(confirmed).await?;
        }
        let now = self.clock.now();
        for (message, reason) in refused {
            let park = message.attempts + 1 >= PARK_AFTER;
            tracing::warn!(task = %message.task_id, %reason, park, "the broker refused a task");
            self.outbox
                .refuse(message.id, &reason, now, now + REFUSED_WAIT, park)
                .await?;
        }
        Ok(round)
    }
}
