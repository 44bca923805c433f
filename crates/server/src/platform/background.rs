//! Background work: one relay per topic, removals, the fold, the sweeps, unfinished erasures and the housekeeping, until
//! the server stops.

use std::{future::Future, sync::Arc, time::Duration};

use application::{
    operations::{Housekeeper, every},
    workers::{Relay, StorageDeletes, Sweeper},
};
use domain::{generations::Settlements, workers::Topic};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Parts, Services};
use crate::settings::Settings;

/// How often a relay looks when nobody wakes it: other servers' tasks, and those whose time comes later.
const RELAY_PAUSE: Duration = Duration::from_millis(250);

/// Earnings are folded at least every second.
const FOLD_PAUSE: Duration = Duration::from_millis(500);

/// Earnings folded by one statement.
const FOLD_BATCH: i64 = 1000;

/// How often the sweep looks at most; oftener when deadlines are short.
const SWEEP_PAUSE: Duration = Duration::from_secs(30);

/// How often erasures that were interrupted are looked for.
const ERASURE_PAUSE: Duration = Duration::from_secs(10);

/// How often orders whose time is over are looked for.
const PAYMENT_PAUSE: Duration = Duration::from_secs(5);

const HOUSEKEEPING_PAUSE: Duration = Duration::from_mins(5);

/// How long background work may take to stop.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// The work under way.
pub struct Background {
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Background {
    /// Starts everything.
    pub fn start(settings: &Settings, parts: &Parts, services: &Services) -> Self {
        let mut background = Self {
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
        };
        for topic in Topic::ALL {
            background.relay(topic, settings, parts, services);
        }
        background.deletions(parts);
        background.fold(parts);
        background.sweep(settings, parts, services);
        background.erasures(services);
        background.payments(services);
        background.housekeeping(settings, parts, services);
        background
    }

    /// Stops everything: rounds under way are finished, leases given up.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_PATIENCE, all).await.is_err() {
            tracing::warn!("background work did not stop in time and is cut off");
        }
    }

    fn spawn<F: Future<Output = ()> + Send + 'static>(&mut self, work: impl FnOnce(CancellationToken) -> F) {
        self.tasks.spawn(work(self.stop.clone()));
    }

    fn relay(&mut self, topic: Topic, settings: &Settings, parts: &Parts, services: &Services) {
        let relay = Arc::new(Relay::new(
            topic,
            Arc::new(parts.store.clone()),
            parts.publisher.clone(),
            parts.storage.clone(),
            settings.storage.buckets.clone(),
            parts.clock.clone(),
            parts.ids.as_ref(),
        ));
        let wake = services.wake.clone();
        self.spawn(|stop| async move {
            every("relay", RELAY_PAUSE, &wake, &stop, || {
                let relay = relay.clone();
                async move { relay.round().await.map(|round| round.full) }
            })
            .await;
            relay.stop().await;
        });
    }

    fn deletions(&mut self, parts: &Parts) {
        let deletions = Arc::new(StorageDeletes::new(
            Arc::new(parts.store.clone()),
            parts.storage.clone(),
            parts.clock.clone(),
            parts.ids.as_ref(),
        ));
        self.spawn(|stop| async move {
            every("deletions", RELAY_PAUSE, &Notify::new(), &stop, || {
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
            every("erasures", ERASURE_PAUSE, &Notify::new(), &stop, || {
                let erasures = erasures.clone();
                async move { erasures.round().await }
            })
            .await;
        });
    }

    fn payments(&mut self, services: &Services) {
        let payments = services.payments.clone();
        self.spawn(|stop| async move {
            every("payments", PAYMENT_PAUSE, &Notify::new(), &stop, || {
                let payments = payments.clone();
                async move { payments.sweep().await }
            })
            .await;
        });
    }

    fn fold(&mut self, parts: &Parts) {
        let store = parts.store.clone();
        self.spawn(|stop| async move {
            every("fold", FOLD_PAUSE, &Notify::new(), &stop, || {
                let store = store.clone();
                async move {
                    store
                        .fold(FOLD_BATCH)
                        .await
                        .map(|folded| folded >= FOLD_BATCH.unsigned_abs())
                }
            })
            .await;
        });
    }

    fn sweep(&mut self, settings: &Settings, parts: &Parts, services: &Services) {
        let store = Arc::new(parts.store.clone());
        let sweeper = Arc::new(Sweeper {
            generations: store.clone(),
            styles: store.clone(),
            settlements: store.clone(),
            trainings: store,
            storage: parts.storage.clone(),
            reports: services.inference_reports.clone(),
            tasks: services.tasks.clone(),
            buckets: settings.storage.buckets.clone(),
            deadlines: settings.deadlines,
            clock: parts.clock.clone(),
            ids: parts.ids.clone(),
        });
        let deadlines = settings.deadlines;
        let shortest = deadlines.queue.min(deadlines.generation).min(deadlines.training);
        let pause = (shortest / 4).clamp(Duration::from_millis(250), SWEEP_PAUSE);
        self.spawn(|stop| async move {
            every("sweep", pause, &Notify::new(), &stop, || {
                let sweeper = sweeper.clone();
                async move { sweeper.round().await.map(|report| report.is_full()) }
            })
            .await;
        });
    }

    fn housekeeping(&mut self, settings: &Settings, parts: &Parts, services: &Services) {
        let keeper = Arc::new(Housekeeper {
            housekeeping: Arc::new(parts.store.clone()),
            uploads: services.uploads.clone(),
            clock: parts.clock.clone(),
            failed_kept: settings.failed_generations_kept,
        });
        self.spawn(|stop| async move {
            every("housekeeping", HOUSEKEEPING_PAUSE, &Notify::new(), &stop, || {
                let keeper = keeper.clone();
                async move { keeper.round().await }
            })
            .await;
        });
    }
}
