//! Which artists stay.

use domain::{
    UserId,
    generations::{GenerationStatus as S, Settlements},
    users::{AccountLock, Follows, UserQueries},
};

use super::{counters::assert_counters_are_right, made, requested};
use crate::support::{End, STYLE, World, at, capture, erase, make_artist};

/// The artist's account after an attempt to erase it.
async fn assert_kept(world: &World) {
    assert_eq!(erase(world, world.artist).await, End::Kept);
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
    world.assert_books_balance().await;
    assert_eq!(
        erase(world, world.artist).await,
        End::Kept,
        "asked again, it stays again"
    );
}

#[tokio::test]
async fn an_artist_whose_style_somebody_else_paid_for_stays_with_the_balance() {
    let world = World::new().await;
    made(&world, 1, world.payer).await;
    let open = requested(&world, 2, world.other, STYLE).await;
    assert_kept(&world).await;
    assert_eq!(world.available(world.artist).await, 100);
    // Requests under way are made and paid for as ever.
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
    world.assert_books_balance().await;
}

#[tokio::test]
async fn a_request_of_anybody_elses_counts_whatever_became_of_it() {
    for state in [S::Queued, S::Processing, S::Failed, S::Canceled] {
        let world = World::new().await;
        world.in_state(1, state).await;
        assert_kept(&world).await;
    }
}

#[tokio::test]
async fn a_payment_counts_although_its_payer_is_gone() {
    let world = World::new().await;
    made(&world, 1, world.payer).await;
    assert_eq!(erase(&world, world.payer).await, End::Gone);
    assert_eq!(world.count("generation_requests").await, 0);
    assert_kept(&world).await;
}

#[tokio::test]
async fn own_images_and_requests_long_removed_are_no_use_by_others() {
    let world = World::new().await;
    made(&world, 1, world.artist).await;
    world.in_state(2, S::Failed).await;
    world
        .sql("DELETE FROM generation_requests WHERE status = 'failed'")
        .await;
    assert_eq!(erase(&world, world.artist).await, End::Gone);
    assert_eq!(
        world.count(&format!("users WHERE id = {}", world.artist)).await,
        0
    );
    world.assert_books_balance().await;
}

#[tokio::test]
async fn an_artists_own_open_requests_are_released_also_when_the_artist_stays() {
    let world = World::new().await;
    made(&world, 1, world.payer).await;
    requested(&world, 2, world.artist, STYLE).await;
    assert_kept(&world).await;
    assert_eq!(world.status(domain::GenerationId(2)).await, S::Failed);
    assert_eq!(world.available(world.artist).await, 100);
}

#[tokio::test]
async fn an_artist_who_stays_is_followed_by_nobody_and_follows_nobody() {
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
    made(&world, 1, world.payer).await;
    assert_eq!(erase(&world, world.artist).await, End::Kept);
    assert_counters_are_right(&world).await;
    assert_eq!(world.count("follows").await, 1);
    let profile = world.store.profile(world.payer, None).await.unwrap().unwrap();
    assert_eq!(profile.following_count, 1, "as many as are listed");
    // The other is not told any longer that they are followed by somebody who is not there.
    let told = "notifications WHERE type = 'follow' AND user_id = 3";
    assert_eq!(world.count(told).await, 1);
    let emptied = "user_profiles WHERE bio = '' AND profile_image_key IS NULL";
    assert_eq!(world.count(emptied).await, 1);
    assert_eq!(
        world
            .count(&format!("{emptied} AND user_id = {}", world.artist))
            .await,
        1
    );
}

#[tokio::test]
async fn an_account_that_nobody_wants_erased_is_not() {
    let world = World::new().await;
    let mut unit = world.unit().await;
    let gone = AccountLock::Gone;
    assert_eq!(unit.erasures().lock(world.payer).await.unwrap(), gone);
    // Deactivated by somebody else, for another reason.
    world.sql("UPDATE users SET is_active = false WHERE id = 1").await;
    assert_eq!(unit.erasures().lock(world.payer).await.unwrap(), gone);
    assert_eq!(unit.erasures().lock(UserId(99)).await.unwrap(), gone);
    let still = format!("users WHERE created_at = '{}'", at(0).to_rfc3339());
    assert_eq!(world.count(&still).await, 3);
}
