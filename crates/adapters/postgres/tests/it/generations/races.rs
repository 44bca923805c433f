//! Everything at once: each request is settled once, and no token is lost or doubled.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{
    GenerationId, StorageError,
    generations::{GenerationStatus as S, Settlements},
    tokens::Audit,
    unit_of_work::UnitOfWork,
};
use futures_util::{StreamExt, stream};

use crate::support::{World, by_sweep, by_worker, capture, fail, heartbeat, new_task, resend};

const REQUESTS: i64 = 150;

const LOCKED: &str = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

/// What may hit a request at the same moment. True when it settled it.
async fn strike(world: &World, id: GenerationId, blow: u8) -> Result<bool, StorageError> {
    let store = &world.store;
    let settled = match blow {
        0..=2 => store.capture(capture(id, None)).await?,
        3 | 4 => store.release(fail(id, None, 1)).await?,
        5 => store.cancel(world.cancel(id)).await?,
        6 | 7 => {
            store.resend(resend(id, by_worker(None), 1, new_task())).await?;
            return Ok(false);
        }
        8 => {
            store.resend(resend(id, by_sweep(1000), 1, new_task())).await?;
            return Ok(false);
        }
        _ => {
            store.heartbeat(heartbeat(id, None, S::Processing, 5)).await?;
            return Ok(false);
        }
    };
    Ok(settled.unwrap().applied)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn capture_release_cancel_and_resend_race_and_each_request_is_settled_once() {
    let world = Arc::new(World::new().await);
    world.buy(world.payer, REQUESTS * 10).await;
    for id in 1..=REQUESTS {
        world.queued(id).await;
    }
    let blows = (1..=REQUESTS)
        .flat_map(|id| (0..10).map(move |n| (GenerationId(id), u8::try_from((n * 3 + id) % 10).unwrap())));
    let settled: i64 = stream::iter(blows)
        .map(|(id, blow)| {
            let world = Arc::clone(&world);
            async move {
                i64::from(
                    tokio::spawn(async move { strike(&world, id, blow).await })
                        .await
                        .unwrap()
                        .unwrap(),
                )
            }
        })
        .buffer_unordered(40)
        .fold(0, |sum, one| async move { sum + one })
        .await;

    assert_eq!(settled, REQUESTS);
    assert_eq!(
        world.count("token_transactions WHERE key LIKE 'settle:%'").await,
        REQUESTS
    );
    assert_eq!(
        world.count("generation_requests WHERE settled_at IS NULL").await,
        0
    );
    assert_eq!(world.count("outbox_messages").await, 0);
    world.assert_books_balance().await;
}

/// Lets `first` and then `second` wait for the same row, in this order, and then go on.
pub async fn one_behind_the_other<A, B>(
    world: &World,
    lock: Box<dyn UnitOfWork>,
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    let waiting = |count: i64| async move {
        let deadline = Instant::now() + Duration::from_secs(8);
        while world.count(LOCKED).await < count {
            assert!(
                Instant::now() < deadline,
                "no {count} statements wait for the row"
            );
        }
    };
    let release = async {
        waiting(2).await;
        drop(lock);
    };
    let second = async {
        waiting(1).await;
        second.await
    };
    let (first, second, ()) = tokio::join!(first, second, release);
    (first, second)
}

#[tokio::test]
async fn a_settlement_that_a_resend_overtook_drops_the_task_of_that_resend() {
    let world = World::new().await;
    // A completion and a cancel. A failure is measured against the attempt it read and cannot be overtaken.
    for (id, blow) in [(1, 0), (2, 5)] {
        let id = world.queued(id).await;
        let mut lock = world.unit().await;
        lock.generations().lock(id).await.unwrap();
        let again = world.store.resend(resend(id, by_worker(None), 1, new_task()));
        let (resent, settled) = one_behind_the_other(&world, lock, again, strike(&world, id, blow)).await;
        assert!(resent.unwrap().unwrap().applied && settled.unwrap(), "{id}");
        assert_eq!(world.count("outbox_messages").await, 0, "{id}");
    }
    world.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_books_balance_in_every_snapshot_of_a_storm() {
    let world = Arc::new(World::new().await);
    world.buy(world.payer, 2_000).await;
    let storm = {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            stream::iter(1..=200)
                .for_each_concurrent(8, |id| {
                    let world = Arc::clone(&world);
                    async move {
                        let id = world.queued(id).await;
                        let blow = u8::try_from(id.0 % 6).unwrap();
                        strike(&world, id, blow).await.unwrap();
                        world.store.fold(3).await.unwrap();
                    }
                })
                .await;
        })
    };
    let mut snapshots = 0;
    while !storm.is_finished() {
        assert_eq!(world.store.verify().await.unwrap(), Vec::<String>::new());
        snapshots += 1;
    }
    storm.await.unwrap();
    assert!(snapshots > 2);
    world.assert_books_balance().await;
}
