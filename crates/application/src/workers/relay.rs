//! The relay: publishes due messages of the outbox and deletes each when the broker has confirmed it.

use std::sync::Arc;

use bytes::Bytes;
use domain::{
    StorageError,
    clock::{Clock, Ids},
    object::{Buckets, ObjectStorage},
    workers::{Delivery, DueMessage, OutboxQueue, OutgoingTask, TaskPublisher, Topic},
};

use super::{PRESIGNED_PUT_LIFETIME, lease::Lease, result_key, with_upload_url};

/// Result of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RelayRound {
    pub confirmed: usize,
    pub refused: usize,
    /// Messages that stay because the broker did not answer.
    pub unreachable: usize,
    /// Whether the batch was full, so that more messages are likely due.
    pub full: bool,
}

/// Relays the messages of one topic.
pub struct Relay {
    topic: Topic,
    lease: Lease,
    publisher: Arc<dyn TaskPublisher>,
    storage: Arc<dyn ObjectStorage>,
    buckets: Buckets,
}

impl Relay {
    /// A relay of `topic` with a lease of its own.
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
            lease: Lease::new(topic, outbox, clock, ids),
            publisher,
            storage,
            buckets,
        }
    }

    /// One round: fetch, publish, settle. After a database error the messages stay, and a message that was published
    /// but not deleted is published again with the same id.
    pub async fn round(&self) -> Result<RelayRound, StorageError> {
        let window = self.publisher.window();
        let due = self.lease.fetch(window).await?;
        if due.is_empty() {
            return Ok(RelayRound::default());
        }
        let full = due.len() >= window;
        let (due, batch) = self.outgoing(due).await;
        let deliveries = self.publisher.publish(self.topic, batch).await;
        let round = self.settle(&due, deliveries).await?;
        if round.unreachable > 0 && round.confirmed == 0 {
            // Another server may reach the broker.
            self.lease.release().await?;
        }
        Ok(RelayRound {
            full: full && round.unreachable == 0 && round.confirmed > 0,
            ..round
        })
    }

    /// Releases the lease when the server stops.
    pub async fn stop(&self) {
        self.lease.stop().await;
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

    /// The message as it is sent. An image task gets its presigned upload URL now, because URLs expire. It is sent also
    /// without one, because workers can store the image themselves.
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
                tracing::warn!(%error, task = %message.task_id, "a task is sent without an upload URL");
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
                    self.lease.unreachable(&reason);
                    round.unreachable += 1;
                }
            }
        }
        round.confirmed = confirmed.len();
        round.refused = refused.len();
        if !confirmed.is_empty() {
            self.lease.confirm(confirmed).await?;
        }
        for (message, reason) in refused {
            self.lease.refuse(message, &reason).await?;
        }
        Ok(round)
    }
}
