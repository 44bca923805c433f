//! Background jobs, which run until the server stops.

use std::{future::Future, sync::Arc, time::Duration};

use application::{
    operations::{DeadlineJob, RetentionJob, every},
    workers::{Relay, StorageDeletes},
};
use domain::{generations::Settlements, workers::Topic};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Adapters, Services};
use crate::settings::Settings;

/// How often a relay polls for tasks of other servers and for tasks that become due. New tasks of this server wake it.
const RELAY_INTERVAL: Duration = Duration::from_millis(250);

/// Earnings are added to balances within one second.
const EARNINGS_INTERVAL: Duration = Duration::from_millis(500);

/// Earnings per statement.
const EARNINGS_BATCH: i64 = 1000;

/// Longest interval of the deadline checks; shorter for short deadlines.
const DEADLINE_INTERVAL: Duration = Duration::from_secs(30);

/// How often interrupted erasures are resumed.
const ERASURE_INTERVAL: Duration = Duration::from_secs(10);

/// How often orders that are due are checked.
const PAYMENT_INTERVAL: Duration = Duration::from_secs(5);

const RETENTION_INTERVAL: Duration = Duration::from_mins(5);

/// How long the jobs may take to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(20);

pub struct Background {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Background {
    pub fn start(settings: &Settings, adapters: &Adapters, services: &Services) -> Self {
        let mut background = Self {
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
        };
        for topic in Topic::all() {
            background.relay(topic, settings, adapters, services);
        }
        background.deletions(adapters);
        background.apply_earnings(adapters);
        background.deadlines(settings, adapters, services);
        background.erasures(services);
        background.payments(services);
        background.retention(settings, adapters, services);
        background
    }

    /// Stops all jobs: finishes their current rounds and releases the leases.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_TIMEOUT, all).await.is_err() {
            tracing::warn!("background jobs did not stop in time and are aborted");
        }
    }

    fn spawn<F: Future<Output = ()> + Send + 'static>(&mut self, job: impl FnOnce(CancellationToken) -> F) {
        self.tasks.spawn(job(self.stop.clone()));
    }

    fn relay(&mut self, topic: Topic, settings: &Settings, adapters: &Adapters, services: &Services) {
        let relay = Arc::new(Relay::new(
            topic,
            Arc::new(adapters.store.clone()),
            adapters.publisher.clone(),
            adapters.storage.clone(),
            settings.storage.buckets.clone(),
            adapters.clock.clone(),
            adapters.ids.as_ref(),
        ));
        let wake = services.wake.clone();
        self.spawn(|stop| async move {
            every("relay", RELAY_INTERVAL, &wake, &stop, || {
                let relay = relay.clone();
                async move { relay.round().await.map(|round| round.full) }
            })
            .await;
            relay.stop().await;
        });
    }

    fn deletions(&mut self, adapters: &Adapters) {
        let deletions = Arc::new(StorageDeletes::new(
            Arc::new(adapters.store.clone()),
            adapters.storage.clone(),
            adapters.clock.clone(),
            adapters.ids.as_ref(),
        ));
        self.spawn(|stop| async move {
            every("deletions", RELAY_INTERVAL, &Notify::new(), &stop, || {
                let deletions = deletions.clone();
                async move { deletions.round().await }
            })
            .await;
            deletions.stop().await;
        });
    }

    fn erasures(&mut self, services: &Services) {
        let erasures = services.erasures.clone();
        self.spawn(|stop| async move {
            every("erasures", ERASURE_INTERVAL, &Notify::new(), &stop, || {
                let erasures = erasures.clone();
                async move { erasures.round().await }
            })
            .await;
        });
    }

    fn payments(&mut self, services: &Services) {
        let payments = services.payments.clone();
        self.spawn(|stop| async move {
            every("payments", PAYMENT_INTERVAL, &Notify::new(), &stop, || {
                let payments = payments.clone();
                async move { payments.check_due_orders().await }
            })
            .await;
        });
    }

    fn apply_earnings(&mut self, adapters: &Adapters) {
        let store = adapters.store.clone();
        self.spawn(|stop| async move {
            every("earnings", EARNINGS_INTERVAL, &Notify::new(), &stop, || {
                let store = store.clone();
                async move {
                    store
                        .apply_earnings(EARNINGS_BATCH)
                        .await
                        .map(|applied| applied >= EARNINGS_BATCH.unsigned_abs())
                }
            })
            .await;
        });
    }

    fn deadlines(&mut self, settings: &Settings, adapters: &Adapters, services: &Services) {
        let store = Arc::new(adapters.store.clone());
        let job = Arc::new(DeadlineJob {
            generations: store.clone(),
            styles: store.clone(),
            settlements: store.clone(),
            trainings: store,
            storage: adapters.storage.clone(),
            reports: services.inference_reports.clone(),
            tasks: services.tasks.clone(),
            buckets: settings.storage.buckets.clone(),
            deadlines: settings.deadlines,
            clock: adapters.clock.clone(),
            ids: adapters.ids.clone(),
        });
        let deadlines = settings.deadlines;
        let shortest = deadlines.queue.min(deadlines.generation).min(deadlines.training);
        let interval = (shortest / 4).clamp(Duration::from_millis(250), DEADLINE_INTERVAL);
        self.spawn(|stop| async move {
            every("deadlines", interval, &Notify::new(), &stop, || {
                let job = job.clone();
                async move { job.round().await.map(|report| report.is_full()) }
            })
            .await;
        });
    }

    fn retention(&mut self, settings: &Settings, adapters: &Adapters, services: &Services) {
        let job = Arc::new(RetentionJob {
            retention: Arc::new(adapters.store.clone()),
            uploads: services.uploads.clone(),
            clock: adapters.clock.clone(),
            failed_generation_retention: settings.failed_generation_retention,
        });
        self.spawn(|stop| async move {
            every("retention", RETENTION_INTERVAL, &Notify::new(), &stop, || {
                let job = job.clone();
                async move { job.round().await }
            })
            .await;
        });
    }
}
