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

use super::{Adapters, Services};
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
    pub fn start(settings: &Settings, adapters: &Adapters, services: &Services) -> Self {
        let mut background = Self {
            stop: CancellationToken::new(),
            tasks: JoinSet::new(),
        };
        for topic in Topic::ALL {
            background.relay(topic, settings, adapters, services);
        }
        background.deletions(adapters);
        background.fold(adapters);
        background.sweep(settings, adapters, services);
        background.erasures(services);
        background.payments(services);
        background.housekeeping(settings, adapters, services);
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
            every("relay", RELAY_PAUSE, &wake, &stop, || {
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

    fn fold(&mut self, adapters: &Adapters) {
        let store = adapters.store.clone();
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

    fn sweep(&mut self, settings: &Settings, adapters: &Adapters, services: &Services) {
        let store = Arc::new(adapters.store.clone());
        let sweeper = Arc::new(Sweeper {
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
        let pause = (shortest / 4).clamp(Duration::from_millis(250), SWEEP_PAUSE);
        self.spawn(|stop| async move {
            every("sweep", pause, &Notify::new(), &stop, || {
                let sweeper = sweeper.clone();
                async move { sweeper.round().await.map(|report| report.is_full()) }
            })
            .await;
        });
    }

    fn housekeeping(&mut self, settings: &Settings, adapters: &Adapters, services: &Services) {
        let keeper = Arc::new(Housekeeper {
            housekeeping: Arc::new(adapters.store.clone()),
            uploads: services.uploads.clone(),
            clock: adapters.clock.clone(),
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
