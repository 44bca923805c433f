//! Earnings: every earning is added once.

use std::sync::Arc;

use domain::generations::{GenerationStatus as S, Settlements};
use futures_util::future::join_all;

use crate::support::{World, capture};

async fn balance(world: &World) -> (i64, i64, i64) {
    (
        world.value("SELECT earned_token_balance FROM artists").await,
        world.value("SELECT usage_count FROM style_models").await,
        world.value("SELECT total_earned_tokens FROM style_models").await,
    )
}

#[tokio::test]
async fn earnings_are_added_in_batches_and_count_usages() {
    let world = World::new().await;
    for id in 1..=5 {
        world.in_state(id, S::Completed).await;
    }
    assert_eq!(world.store.apply_earnings(3).await.unwrap(), 3);
    assert_eq!(balance(&world).await, (30, 3, 30));
    world.assert_ledger_balances().await;
    assert_eq!(world.store.apply_earnings(3).await.unwrap(), 2);
    assert_eq!(world.store.apply_earnings(3).await.unwrap(), 0);
    assert_eq!(balance(&world).await, (50, 5, 50));
    world.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_batches_and_captures_add_every_earning_once() {
    const CAPTURES: i64 = 120;
    let world = Arc::new(World::new().await);
    world.buy(world.payer, CAPTURES * 10).await;
    let mut ids = Vec::new();
    for id in 1..=CAPTURES {
        ids.push(world.queued(id).await);
    }
    let captures = ids.into_iter().map(|id| {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            assert!(
                world
                    .store
                    .capture(capture(id, None))
                    .await
                    .unwrap()
                    .unwrap()
                    .applied
            );
            0
        })
    });
    let batches = (0..2).map(|_| {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            let mut applied = 0;
            while world.count("token_transactions WHERE kind = 'capture'").await < CAPTURES {
                applied += world.store.apply_earnings(7).await.unwrap();
            }
            applied
        })
    });
    let outcomes = join_all(captures.chain(batches).collect::<Vec<_>>()).await;
    let mut applied: u64 = outcomes.into_iter().map(Result::unwrap).sum();
    world.assert_ledger_balances().await;
    loop {
        match world.store.apply_earnings(1000).await.unwrap() {
            0 => break,
            count => applied += count,
        }
    }
    assert_eq!(applied, CAPTURES.unsigned_abs());
    assert_eq!(balance(&world).await, (CAPTURES * 10, CAPTURES, CAPTURES * 10));
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn an_earning_of_an_unknown_artist_is_kept() {
    let world = World::new().await;
    world
        .sql("INSERT INTO earning_deltas VALUES (999, 999, 1, 5)")
        .await;
    assert_eq!(world.store.apply_earnings(10).await.unwrap(), 0);
    assert_eq!(world.count("earning_deltas").await, 1);
}
