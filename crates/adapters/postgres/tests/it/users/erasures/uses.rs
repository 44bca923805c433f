//! Artists whose styles are used by others are anonymized, not deleted.

use domain::{
    UserId,
    generations::{GenerationStatus as S, Settlements},
    users::{AccountLock, Follows, UserQueries},
};

use super::{completed_for, counters::assert_counters_are_right, queued_for};
use crate::support::{ErasureResult, STYLE, World, at, capture, erase, make_artist};

async fn assert_anonymized(world: &World) {
    assert_eq!(erase(world, world.artist).await, ErasureResult::Anonymized);
    let account = format!(
        "users WHERE id = {} AND NOT is_active AND erasure_requested_at IS NULL",
        world.artist
    );
    assert_eq!(world.count(&account).await, 1);
    assert_eq!(world.count("style_models WHERE NOT is_active").await, 1);
    assert_eq!(world.count("artists").await, 1);
    assert_eq!(
        world
            .count("token_transactions WHERE kind = 'adjustment' AND debit_user_id = 2")
            .await,
        0
    );
    world.assert_ledger_balances().await;
    assert_eq!(
        erase(world, world.artist).await,
        ErasureResult::Anonymized,
        "a repeated erasure"
    );
}

#[tokio::test]
async fn an_artist_with_a_paid_generation_is_anonymized_and_keeps_the_balance() {
    let world = World::new().await;
    completed_for(&world, 1, world.payer).await;
    let open = queued_for(&world, 2, world.other, STYLE).await;
    assert_anonymized(&world).await;
    assert_eq!(world.available(world.artist).await, 100);
    // Open generations are completed and paid.
    assert!(
        world
            .store
            .capture(capture(open, None))
            .await
            .unwrap()
            .unwrap()
            .applied
    );
    assert_eq!(world.earned().await, 20);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_generation_of_another_user_counts_in_every_state() {
    for state in [S::Queued, S::Processing, S::Failed, S::Canceled] {
        let world = World::new().await;
        world.in_state(1, state).await;
        assert_anonymized(&world).await;
    }
}

#[tokio::test]
async fn a_payment_of_a_deleted_user_counts() {
    let world = World::new().await;
    completed_for(&world, 1, world.payer).await;
    assert_eq!(erase(&world, world.payer).await, ErasureResult::Deleted);
    assert_eq!(world.count("generation_requests").await, 0);
    assert_anonymized(&world).await;
}

#[tokio::test]
async fn own_images_and_deleted_failed_generations_do_not_count() {
    let world = World::new().await;
    completed_for(&world, 1, world.artist).await;
    world.in_state(2, S::Failed).await;
    world
        .sql("DELETE FROM generation_requests WHERE status = 'failed'")
        .await;
    assert_eq!(erase(&world, world.artist).await, ErasureResult::Deleted);
    assert_eq!(
        world.count(&format!("users WHERE id = {}", world.artist)).await,
        0
    );
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn open_generations_of_an_anonymized_artist_are_released() {
    let world = World::new().await;
    completed_for(&world, 1, world.payer).await;
    queued_for(&world, 2, world.artist, STYLE).await;
    assert_anonymized(&world).await;
    assert_eq!(world.status(domain::GenerationId(2)).await, S::Failed);
    assert_eq!(world.available(world.artist).await, 100);
}

#[tokio::test]
async fn an_anonymized_artist_has_no_follows_and_no_followers() {
    let world = World::new().await;
    make_artist(&world.store, world.other).await;
    world
        .sql("UPDATE user_profiles SET bio = 'Ink', profile_image_bucket = 'media', profile_image_key = 'p' || user_id")
        .await;
    for (artist, follower) in [
        (world.artist, world.payer),
        (world.artist, world.other),
        (world.other, world.artist),
        (world.other, world.payer),
    ] {
        world.store.follow(artist, follower, at(1)).await.unwrap();
    }
    completed_for(&world, 1, world.payer).await;
    assert_eq!(erase(&world, world.artist).await, ErasureResult::Anonymized);
    assert_counters_are_right(&world).await;
    assert_eq!(world.count("follows").await, 1);
    let profile = world.store.profile(world.payer, None).await.unwrap().unwrap();
    assert_eq!(profile.following_count, 1, "the remaining follow");
    // The follow notification of the anonymized artist is deleted.
    let notifications = "notifications WHERE type = 'follow' AND user_id = 3";
    assert_eq!(world.count(notifications).await, 1);
    let cleared = "user_profiles WHERE bio = '' AND profile_image_key IS NULL";
    assert_eq!(world.count(cleared).await, 1);
    assert_eq!(
        world
            .count(&format!("{cleared} AND user_id = {}", world.artist))
            .await,
        1
    );
}

#[tokio::test]
async fn an_account_without_pending_erasure_is_not_locked() {
    let world = World::new().await;
    let mut unit = world.unit().await;
    let not_pending = AccountLock::Gone;
    assert_eq!(unit.erasures().lock(world.payer).await.unwrap(), not_pending);
    // Deactivated for another reason.
    world.sql("UPDATE users SET is_active = false WHERE id = 1").await;
    assert_eq!(unit.erasures().lock(world.payer).await.unwrap(), not_pending);
    assert_eq!(unit.erasures().lock(UserId(99)).await.unwrap(), not_pending);
    let unchanged = format!("users WHERE created_at = '{}'", at(0).to_rfc3339());
    assert_eq!(world.count(&unchanged).await, 3);
}
