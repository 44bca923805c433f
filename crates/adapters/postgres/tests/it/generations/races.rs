//! Concurrent statements: each generation is settled once, and no token is lost or duplicated.

use std::sync::Arc;

use domain::{
    GenerationId, StorageError,
    generations::{GenerationStatus as S, Settlements},
    tokens::Audit,
};
use futures_util::{StreamExt, stream};

use crate::support::{
    World, by_deadline, by_worker, capture, fail, heartbeat, new_task, resend, run_in_lock_order,
};

const GENERATIONS: i64 = 150;

/// One of ten statements. True when it settled the generation.
async fn run(world: &World, id: GenerationId, statement: u8) -> Result<bool, StorageError> {
    let store = &world.store;
    let transition = match statement {
        0..=2 => store.capture(capture(id, None)).await?,
        3 | 4 => store.release(fail(id, None, 1)).await?,
        5 => store.cancel(world.cancel(id)).await?,
        6 | 7 => {
            store.resend(resend(id, by_worker(None), 1, new_task())).await?;
            return Ok(false);
        }
        8 => {
            store.resend(resend(id, by_deadline(1000), 1, new_task())).await?;
            return Ok(false);
        }
        _ => {
            store.heartbeat(heartbeat(id, None, S::Processing, 5)).await?;
            return Ok(false);
        }
    };
    Ok(transition.unwrap().applied)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_statements_settle_each_generation_once() {
    let world = Arc::new(World::new().await);
    world.buy(world.payer, GENERATIONS * 10).await;
    for id in 1..=GENERATIONS {
        world.queued(id).await;
    }
    let statements = (1..=GENERATIONS)
        .flat_map(|id| (0..10).map(move |n| (GenerationId(id), u8::try_from((n * 3 + id) % 10).unwrap())));
    let settled: i64 = stream::iter(statements)
        .map(|(id, statement)| {
            let world = Arc::clone(&world);
            async move {
                i64::from(
                    tokio::spawn(async move { run(&world, id, statement).await })
                        .await
                        .unwrap()
                        .unwrap(),
                )
            }
        })
        .buffer_unordered(40)
        .fold(0, |sum, one| async move { sum + one })
        .await;

    assert_eq!(settled, GENERATIONS);
    assert_eq!(
        world.count("token_transactions WHERE key LIKE 'settle:%'").await,
        GENERATIONS
    );
    assert_eq!(
        world.count("generation_requests WHERE settled_at IS NULL").await,
        0
    );
    assert_eq!(world.count("outbox_messages").await, 0);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_settlement_deletes_the_task_of_a_concurrent_resend() {
    let world = World::new().await;
    // A completion and a cancel. A failure checks the attempt number, so it is not applied after a resend.
    for (id, statement) in [(1, 0), (2, 5)] {
        let id = world.queued(id).await;
        let mut lock = world.unit().await;
        lock.generations().lock(id).await.unwrap();
        let resend = world.store.resend(resend(id, by_worker(None), 1, new_task()));
        let settlement = run(&world, id, statement);
        let (first, settled) = run_in_lock_order(&world, lock, resend, settlement).await;
        assert!(first.unwrap().unwrap().applied && settled.unwrap(), "{id}");
        assert_eq!(world.count("outbox_messages").await, 0, "{id}");
    }
    world.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_balances_in_every_snapshot_under_load() {
    let world = Arc::new(World::new().await);
    world.buy(world.payer, 2_000).await;
    let load = {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            stream::iter(1..=200)
                .for_each_concurrent(8, |id| {
                    let world = Arc::clone(&world);
                    async move {
                        let id = world.queued(id).await;
                        let statement = u8::try_from(id.0 % 6).unwrap();
                        run(&world, id, statement).await.unwrap();
                        world.store.apply_earnings(3).await.unwrap();
                    }
                })
                .await;
        })
    };
    let mut snapshots = 0;
    while !load.is_finished() {
        assert_eq!(world.store.verify().await.unwrap(), Vec::<String>::new());
        snapshots += 1;
    }
    load.await.unwrap();
    assert!(snapshots > 2);
    world.assert_ledger_balances().await;
}
