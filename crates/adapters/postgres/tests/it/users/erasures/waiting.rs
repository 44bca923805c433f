//! Whom an erasure under way keeps waiting, and whom not.

use domain::{generations::Settlements, unit_of_work::UnitOfWork, users::AccountLock};

use super::made;
use crate::support::{End, World, at, deactivate, end, erase};

/// An account to be erased, with everything locked and withdrawn that comes before its works.
async fn begun(world: &World, user: domain::UserId) -> Box<dyn UnitOfWork> {
    deactivate(world, user).await;
    let mut unit = world.unit().await;
    let locked = unit.erasures().lock(user).await.unwrap();
    assert!(matches!(locked, AccountLock::Locked(_)));
    unit.erasures().delete_likes_and_comments(user).await.unwrap();
    unit
}

#[tokio::test]
async fn a_second_erasure_is_turned_away_at_once_and_comes_back_later() {
    let world = World::new().await;
    let first = begun(&world, world.payer).await;
    deactivate(&world, world.other).await;
    assert_eq!(end(&world, world.other).await.unwrap(), End::Busy);
    first.roll_back().await.unwrap();
    assert_eq!(erase(&world, world.other).await, End::Gone);
}

#[tokio::test]
async fn the_fold_goes_on_while_somebody_is_erased_who_is_no_artist_and_follows_none() {
    let world = World::new().await;
    made(&world, 1, world.payer).await;
    let mut erasure = begun(&world, world.other).await;
    erasure
        .erasures()
        .lock_artist_and_styles(world.other)
        .await
        .unwrap();
    erasure.erasures().delete_follows(world.other).await.unwrap();
    erasure.erasures().delete(world.other).await.unwrap();
    assert_eq!(world.store.fold(10).await.unwrap(), 1);
    erasure.commit().await.unwrap();
}

#[tokio::test]
async fn the_fold_waits_only_for_the_last_part_of_an_artists_erasure() {
    let world = World::new().await;
    for id in 1..=2 {
        made(&world, id, world.artist).await;
    }
    let mut erasure = begun(&world, world.artist).await;
    assert_eq!(world.store.fold(1).await.unwrap(), 1);
    let works = erasure
        .erasures()
        .lock_artist_and_styles(world.artist)
        .await
        .unwrap();
    assert_eq!(works.earned.get(), 20, "what was folded meanwhile counts once");
    assert_eq!(world.store.fold(1).await.unwrap(), 0);
    erasure.roll_back().await.unwrap();
    assert_eq!(world.store.fold(1).await.unwrap(), 1);
}

#[tokio::test]
async fn the_fold_waits_for_whoever_leaves_artists_they_followed() {
    let world = World::new().await;
    made(&world, 1, world.payer).await;
    domain::users::Follows::follow(&world.store, world.artist, world.other, at(1))
        .await
        .unwrap();
    let mut erasure = begun(&world, world.other).await;
    erasure
        .erasures()
        .lock_artist_and_styles(world.other)
        .await
        .unwrap();
    erasure.erasures().delete_follows(world.other).await.unwrap();
    assert_eq!(
        world.store.fold(1).await.unwrap(),
        0,
        "it would hold the artist's row"
    );
    erasure.commit().await.unwrap();
    assert_eq!(world.store.fold(1).await.unwrap(), 1);
    assert_eq!(world.value::<i64>("SELECT follower_count FROM artists").await, 0);
}
