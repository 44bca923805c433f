//! What a running erasure blocks.

use domain::{generations::Settlements, unit_of_work::UnitOfWork, users::AccountLock};

use super::completed_for;
use crate::support::{ErasureResult, World, at, deactivate, erase, finish_erasure};

/// An erasure that has locked the account and deleted its likes and comments.
async fn begin_erasure(world: &World, user: domain::UserId) -> Box<dyn UnitOfWork> {
    deactivate(world, user).await;
    let mut unit = world.unit().await;
    let locked = unit.erasures().lock(user).await.unwrap();
    assert!(matches!(locked, AccountLock::Locked(_)));
    unit.erasures().delete_likes_and_comments(user).await.unwrap();
    unit
}

#[tokio::test]
async fn a_second_erasure_is_busy_and_can_be_retried() {
    let world = World::new().await;
    let first = begin_erasure(&world, world.payer).await;
    deactivate(&world, world.other).await;
    assert_eq!(
        finish_erasure(&world, world.other).await.unwrap(),
        ErasureResult::Busy
    );
    first.rollback().await.unwrap();
    assert_eq!(erase(&world, world.other).await, ErasureResult::Deleted);
}

#[tokio::test]
async fn the_erasure_of_a_user_without_artist_profile_and_follows_does_not_block_earnings() {
    let world = World::new().await;
    completed_for(&world, 1, world.payer).await;
    let mut erasure = begin_erasure(&world, world.other).await;
    erasure
        .erasures()
        .lock_artist_and_styles(world.other)
        .await
        .unwrap();
    erasure.erasures().delete_follows(world.other).await.unwrap();
    erasure.erasures().delete(world.other).await.unwrap();
    assert_eq!(world.store.apply_earnings(10).await.unwrap(), 1);
    erasure.commit().await.unwrap();
}

#[tokio::test]
async fn only_the_last_part_of_an_artists_erasure_blocks_earnings() {
    let world = World::new().await;
    for id in 1..=2 {
        completed_for(&world, id, world.artist).await;
    }
    let mut erasure = begin_erasure(&world, world.artist).await;
    assert_eq!(world.store.apply_earnings(1).await.unwrap(), 1);
    let locked = erasure
        .erasures()
        .lock_artist_and_styles(world.artist)
        .await
        .unwrap();
    assert_eq!(locked.earned.get(), 20, "applied and pending");
    assert_eq!(world.store.apply_earnings(1).await.unwrap(), 0);
    erasure.rollback().await.unwrap();
    assert_eq!(world.store.apply_earnings(1).await.unwrap(), 1);
}

#[tokio::test]
async fn the_erasure_of_a_follower_blocks_earnings() {
    let world = World::new().await;
    completed_for(&world, 1, world.payer).await;
    domain::users::Follows::follow(&world.store, world.artist, world.other, at(1))
        .await
        .unwrap();
    let mut erasure = begin_erasure(&world, world.other).await;
    erasure
        .erasures()
        .lock_artist_and_styles(world.other)
        .await
        .unwrap();
    erasure.erasures().delete_follows(world.other).await.unwrap();
    assert_eq!(
        world.store.apply_earnings(1).await.unwrap(),
        0,
        "the artist is locked"
    );
    erasure.commit().await.unwrap();
    assert_eq!(world.store.apply_earnings(1).await.unwrap(), 1);
    assert_eq!(world.value::<i64>("SELECT follower_count FROM artists").await, 0);
}
