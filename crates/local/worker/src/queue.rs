//! The task queue of a laptop: a task goes straight to the demo worker, and counts as delivered only when the worker
//! has finished it. Unfinished tasks stay in the outbox, so a restart loses nothing.

use std::sync::Arc;

use async_trait::async_trait;
use domain::workers::{Delivery, OutgoingTask, TaskPublisher, Topic};
use futures_util::future::join_all;

use crate::DemoWorker;

/// Tasks of one topic that are worked on at the same time.
const CONCURRENCY: usize = 2;

/// Hands tasks to the demo worker.
pub struct InProcessQueue {
    worker: Arc<DemoWorker>,
}

impl InProcessQueue {
    pub fn new(worker: DemoWorker) -> Self {
        Self {
            worker: Arc::new(worker),
        }
    }

    async fn deliver(&self, topic: Topic, task: OutgoingTask) -> Delivery {
        match self.worker.work(topic, &task.body).await {
            Ok(()) => Delivery::Confirmed,
            Err(error) if error.is_retryable() => Delivery::Unreachable(error.to_string()),
            Err(error) => Delivery::Refused(error.to_string()),
        }
    }
}

#[async_trait]
impl TaskPublisher for InProcessQueue {
    async fn publish(&self, topic: Topic, batch: Vec<OutgoingTask>) -> Vec<Delivery> {
        join_all(batch.into_iter().map(|task| self.deliver(topic, task))).await
    }

    fn window(&self) -> usize {
        CONCURRENCY
    }

    async fn check(&self) -> Result<(), String> {
        Ok(())
    }
}
