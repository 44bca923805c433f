//! In-process task queue for local development without a broker. A task is confirmed when the demo worker has finished it.
//! Unfinished tasks stay in the outbox, so a restart loses nothing.

use std::sync::Arc;

use async_trait::async_trait;
use domain::workers::{Delivery, OutgoingTask, TaskPublisher, Topic};
use futures_util::future::join_all;

use crate::DemoWorker;

/// Concurrent tasks per topic.
const CONCURRENCY: usize = 2;

/// Publishes tasks to the demo worker of the same process.
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
        match self.worker.run_task(topic, &task.body).await {
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
