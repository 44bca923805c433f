//! Accounts.

use domain::{
    ObjectAddress, UserId,
    generations::GenerationStatus as S,
    users::{COUNTED_IMAGES, ProfileArtist, Role, UserQueries},
};

use crate::queries::finished;
use crate::support::{World, at, tokens};

#[tokio::test]
async fn ones_own_account_shows_wallet_and_artist_side() {
    let world = World::new().await;
    world
        .sql(&format!(
            "UPDATE user_profiles SET bio = 'Ink only', profile_image_bucket = 'media', profile_image_key = 'p.png'
              WHERE user_id = {}",
            world.artist
        ))
        .await;
    let me = world.store.me(world.artist).await.unwrap().unwrap();
    assert_eq!(
        (me.id, me.username.as_str(), me.role),
        (world.artist, "artist", Role::Artist)
    );
    assert_eq!((me.available, me.created_at), (tokens(100), at(0)));
    assert_eq!(me.bio.as_deref(), Some("Ink only"));
    assert_eq!(me.profile_image, Some(ObjectAddress::new("media", "p.png")));
    let artist = me.artist.unwrap();
    assert_eq!(artist.artist_name, "Demo Artist");
    assert_eq!(
        artist.signature,
        Some(ObjectAddress::new("private", "signatures/a.png"))
    );
    assert_eq!(artist.verified_email.as_deref(), Some("artist@example.com"));

    let payer = world.store.me(world.payer).await.unwrap().unwrap();
    assert_eq!(
        (payer.role, payer.bio, payer.profile_image, payer.artist),
        (Role::User, None, None, None)
    );
    assert_eq!(world.store.me(UserId(99)).await.unwrap(), None);
}

#[tokio::test]
async fn an_admin_shows_as_admin_and_keeps_the_artist_side() {
    let world = World::new().await;
    world
        .sql(&format!(
            "UPDATE users SET is_admin = true WHERE id = {}",
            world.artist
        ))
        .await;
    let me = world.store.me(world.artist).await.unwrap().unwrap();
    assert_eq!((me.role, me.artist.is_some()), (Role::Admin, true));
}

#[tokio::test]
async fn a_profile_counts_finished_and_public_images() {
    let world = World::new().await;
    finished(&world, 1, world.payer, 1, true).await;
    finished(&world, 2, world.payer, 2, false).await;
    world.in_state(3, S::Failed).await;
    world.in_state(4, S::Queued).await;
    let profile = world.store.profile(world.payer, None).await.unwrap().unwrap();
    assert_eq!((profile.total_generations, profile.public_generations), (2, 1));
    assert_eq!(
        (profile.role, profile.artist, profile.is_following),
        (Role::User, None, None)
    );
}

#[tokio::test]
async fn a_profile_counts_no_further_than_it_says() {
    let world = World::new().await;
    // Posts alone, without what they belong to: a hundred thousand whole images take too long.
    world
        .sql(&format!(
            "SET session_replication_role = replica;
             INSERT INTO community_posts (generation_id, user_id, style_id, visible, created_at)
             SELECT n, {}, 1, true, now() FROM generate_series(1, {COUNTED_IMAGES} + 5) n",
            world.payer
        ))
        .await;
    let profile = world.store.profile(world.payer, None).await.unwrap().unwrap();
    assert_eq!(
        (profile.total_generations, profile.public_generations),
        (0, COUNTED_IMAGES)
    );
}

#[tokio::test]
async fn a_profile_tells_the_reader_whether_they_follow() {
    let world = World::new().await;
    world
        .sql(&format!(
            "WITH f AS (INSERT INTO follows VALUES ({}, {artist}, now())),
                  a AS (UPDATE artists SET follower_count = 1 WHERE user_id = {artist})
             UPDATE user_profiles SET following_count = 1 WHERE user_id = {}",
            world.payer,
            world.payer,
            artist = world.artist
        ))
        .await;
    let seen_by = async |viewer| world.store.profile(world.artist, viewer).await.unwrap().unwrap();
    let artist = seen_by(Some(world.payer)).await;
    assert_eq!(
        artist.artist,
        Some(ProfileArtist {
            artist_name: "Demo Artist".into(),
            follower_count: 1
        })
    );
    assert_eq!(artist.is_following, Some(true));
    assert_eq!(seen_by(Some(world.other)).await.is_following, Some(false));
    assert_eq!(seen_by(None).await.is_following, None);
    let payer = world.store.profile(world.payer, None).await.unwrap().unwrap();
    assert_eq!(payer.following_count, 1);
}
