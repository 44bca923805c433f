//! Erasures with concurrent holds, reports and profile changes.

use std::sync::Arc;

use domain::{
    GenerationId, ObjectAddress, StorageError, StyleId,
    generations::{HoldOutcome, Settlements},
    users::{AccountLock, ProfileUpdate, ProfileUpdateOutcome},
};
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;

use super::queued_for;
use crate::support::{
    ErasureResult, STYLE, World, at, capture, deactivate, erase, fail, finish_erasure, make_artist, new_task,
    register, until_blocked,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn holds_and_reports_concurrent_with_an_erasure_lose_no_token() {
    let world = Arc::new(World::new().await);
    let mut users = Vec::new();
    for n in 0..12 {
        users.push(register(&world.store, &format!("leaving-{n}")).await);
    }
    let mut work = Vec::new();
    for (n, user) in users.iter().copied().enumerate() {
        let first = 100 * i64::try_from(n).unwrap() + 100;
        for id in first..first + 6 {
            let world = Arc::clone(&world);
            work.push(tokio::spawn(async move {
                let id = GenerationId(id);
                let mut hold = world.new_hold(id.0);
                hold.request.user_id = user;
                hold.task_id = new_task();
                world.store.hold(hold).await.map(drop).or_else(ignore_aborted)?;
                if id.0 % 2 == 0 {
                    world.store.capture(capture(id, None)).await.map(drop)
                } else {
                    world.store.release(fail(id, None, 1)).await.map(drop)
                }
            }));
        }
        for _ in 0..2 {
            let world = Arc::clone(&world);
            work.push(tokio::spawn(async move {
                assert_eq!(erase(&world, user).await, ErasureResult::Deleted);
                world.store.apply_earnings(2).await.map(drop)
            }));
        }
    }
    for result in join_all(work).await {
        result.unwrap().or_else(ignore_aborted).unwrap();
    }
    assert_eq!(world.count("users").await, 3, "all erased accounts are deleted");
    assert_eq!(world.count("generation_requests").await, 0);
    assert_eq!(world.count("outbox_messages").await, 0);
    world.assert_ledger_balances().await;
}

/// A statement may be aborted in favor of an erasure.
pub fn ignore_aborted(error: StorageError) -> Result<(), StorageError> {
    match error {
        StorageError::Aborted(_) => Ok(()),
        error => Err(error),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_concurrent_with_the_erasure_of_its_artist_is_atomic() {
    let world = Arc::new(World::new().await);
    world.buy(world.payer, 1000).await;
    let (mut anonymized, mut deleted) = (0, 0);
    for n in 0..12 {
        let artist = register(&world.store, &format!("artist-{n}")).await;
        make_artist(&world.store, artist).await;
        let style = StyleId(100 + n);
        world.insert_style(style, "completed").await;
        world
            .sql(&format!(
                "UPDATE style_models SET artist_id = {artist} WHERE id = {style}"
            ))
            .await;
        deactivate(&world, artist).await;
        let mut hold = world.new_hold(1000 + n);
        hold.request.style_id = style;
        hold.request.artist_id = artist;
        let erasure = tokio::spawn({
            let world = Arc::clone(&world);
            async move { erase(&world, artist).await }
        });
        if n % 2 == 0 {
            tokio::task::yield_now().await;
        }
        match (world.store.hold(hold).await, erasure.await.unwrap()) {
            (Ok(HoldOutcome::Held { .. }), ErasureResult::Anonymized) => anonymized += 1,
            (Err(StorageError::Aborted(_)), ErasureResult::Deleted) => deleted += 1,
            other => panic!("{other:?}"),
        }
        assert_eq!(
            world
                .count(&format!("generation_requests WHERE style_id = {style}"))
                .await,
            world.count(&format!("style_models WHERE id = {style}")).await
        );
    }
    assert_eq!(anonymized + deleted, 12);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn an_erasure_waits_for_an_uncommitted_generation_in_a_style() {
    let world = World::new().await;
    deactivate(&world, world.artist).await;
    // Locks the style by a foreign key, like a hold.
    let db = world.database.connect().await.unwrap();
    let hold = sea_orm::TransactionTrait::begin(&db).await.unwrap();
    hold.execute_unprepared(
        "INSERT INTO generation_requests (id, user_id, style_id, artist_id, consumed_tokens, task_id, prompt_tags,
           aspect_ratio, seed, result_key, last_heartbeat_at, created_at, updated_at)
         VALUES (1, 1, 1, 2, 10, gen_random_uuid(), '{cat}', '1:1', 1, 'k', now(), now(), now())",
    )
    .await
    .unwrap();
    let commit = async {
        until_blocked(&world, 1).await;
        hold.commit().await.unwrap();
    };
    let (result, ()) = tokio::join!(finish_erasure(&world, world.artist), commit);
    assert_eq!(result.unwrap(), ErasureResult::Open, "found after the wait");
    assert_eq!(
        finish_erasure(&world, world.artist).await.unwrap(),
        ErasureResult::Anonymized
    );
}

#[tokio::test]
async fn an_erasure_waits_for_an_uncommitted_profile_picture() {
    let world = World::new().await;
    let mut change = world.unit().await;
    let picture = ObjectAddress::new("media", "profiles/new.png");
    let update = ProfileUpdate {
        picture: Some(Some(picture.clone())),
        ..ProfileUpdate::default()
    };
    let changed = change
        .profiles()
        .change(world.payer, update, at(1))
        .await
        .unwrap();
    assert!(matches!(changed, ProfileUpdateOutcome::Done { .. }));
    let erasure = async {
        deactivate(&world, world.payer).await;
        let mut unit = world.unit().await;
        let locked = unit.erasures().lock(world.payer).await.unwrap();
        assert!(matches!(locked, AccountLock::Locked(_)));
        unit.erasures().objects(world.payer).await.unwrap().stored
    };
    let commit = async {
        until_blocked(&world, 1).await;
        change.commit().await.unwrap();
    };
    let (stored, ()) = tokio::join!(erasure, commit);
    assert_eq!(stored, [picture]);
}

#[tokio::test]
async fn a_generation_created_after_the_deactivation_delays_the_erasure() {
    let world = World::new().await;
    deactivate(&world, world.payer).await;
    // Its session was checked before the deactivation.
    queued_for(&world, 1, world.payer, STYLE).await;
    assert_eq!(
        finish_erasure(&world, world.payer).await.unwrap(),
        ErasureResult::Open
    );
    assert_eq!(erase(&world, world.payer).await, ErasureResult::Deleted);
    let hold = world.new_hold(2);
    assert_eq!(world.store.hold(hold).await.unwrap(), HoldOutcome::NoWallet);
    world.assert_ledger_balances().await;
}
