//! Everything at once: each request is settled once, and no token is lost or doubled.

use std::sync::Arc;

use domain::{
    GenerationId,
    generation::GenerationStatus as S,
    ports::{Audit, Settlements, StorageError},
};
use futures_util::{StreamExt, stream};

use crate::support::{World, by_sweep, by_worker, capture, fail, new_task, resend, sign};

const REQUESTS: i64 = 150;

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
            store.sign(sign(id, None, S::Processing, 5)).await?;
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
    let blows = (1..=REQUESTS).flat_map(|id| (0..10).map(move |blow| (GenerationId(id), blow)));
    let settled: i64 = stream::iter(blows)
        .map(|(id, blow)| {
            let world = Arc::clone(&world);
            async move { i64::from(tokio::spawn(async move { strike(&world, id, blow).await }).await.unwrap().unwrap()) }
        })
        .buffer_unordered(40)
        .fold(0, |sum, one| async move { sum + one })
        .await;

    assert_eq!(settled, REQUESTS);
    assert_eq!(world.count("token_transactions WHERE key LIKE 'settle:%'").await, REQUESTS);
    assert_eq!(world.count("generation_requests WHERE settled_at IS NULL").await, 0);
    assert_eq!(world.count("outbox_messages").await, 0);
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
