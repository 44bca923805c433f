//! Reads of accounts.

use domain::{
    ObjectAddress, UserId,
    generations::GenerationStatus as S,
    users::{Bio, IMAGE_COUNT_LIMIT, MeView, Role, UserQueries},
};

use crate::queries::add_image;
use crate::support::{World, at, tokens};

fn role(me: &MeView) -> Role {
    me.profile.role(&me.user)
}

#[tokio::test]
async fn the_own_account_shows_wallet_and_artist_profile() {
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
        (me.user.id, me.user.username.as_str(), role(&me)),
        (world.artist, "artist", Role::Artist)
    );
    assert_eq!((me.available, me.user.created_at), (tokens(100), at(0)));
    assert_eq!(me.profile.bio.as_ref().map(Bio::as_str), Some("Ink only"));
    assert_eq!(
        me.profile.profile_image,
        Some(ObjectAddress::new("media", "p.png"))
    );
    let artist = me.profile.artist.unwrap();
    assert_eq!(artist.artist_name.as_str(), "Demo Artist");
    assert_eq!(
        artist.signature,
        Some(ObjectAddress::new("private", "signatures/a.png"))
    );
    assert_eq!(artist.verified_email.unwrap().as_str(), "artist@example.com");

    let payer = world.store.me(world.payer).await.unwrap().unwrap();
    assert_eq!(role(&payer), Role::User);
    let profile = payer.profile;
    assert_eq!(
        (profile.bio, profile.profile_image, profile.artist),
        (None, None, None)
    );
    assert_eq!(world.store.me(UserId(99)).await.unwrap(), None);
}

#[tokio::test]
async fn an_admin_can_have_an_artist_profile() {
    let world = World::new().await;
    world
        .sql(&format!(
            "UPDATE users SET is_admin = true WHERE id = {}",
            world.artist
        ))
        .await;
    let me = world.store.me(world.artist).await.unwrap().unwrap();
    assert_eq!((role(&me), me.profile.artist.is_some()), (Role::Admin, true));
}

#[tokio::test]
async fn a_profile_counts_completed_and_public_images() {
    let world = World::new().await;
    add_image(&world, 1, world.payer, 1, true).await;
    add_image(&world, 2, world.payer, 2, false).await;
    world.in_state(3, S::Failed).await;
    world.in_state(4, S::Queued).await;
    let profile = world.store.profile(world.payer, None).await.unwrap().unwrap();
    assert_eq!((profile.total_generations, profile.public_generations), (2, 1));
    assert_eq!((profile.profile.artist, profile.is_following), (None, None));
}

#[tokio::test]
async fn a_profile_counts_images_up_to_the_limit() {
    let world = World::new().await;
    // Posts without generations and images, because 100,000 complete images take too long.
    world
        .sql(&format!(
            "SET session_replication_role = replica;
             INSERT INTO community_posts (generation_id, user_id, style_id, visible, created_at)
             SELECT n, {}, 1, true, now() FROM generate_series(1, {IMAGE_COUNT_LIMIT} + 5) n",
            world.payer
        ))
        .await;
    let profile = world.store.profile(world.payer, None).await.unwrap().unwrap();
    assert_eq!(
        (profile.total_generations, profile.public_generations),
        (0, IMAGE_COUNT_LIMIT)
    );
}

#[tokio::test]
async fn a_profile_tells_whether_the_viewer_follows() {
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
    let profile_for = async |viewer| world.store.profile(world.artist, viewer).await.unwrap().unwrap();
    let artist = profile_for(Some(world.payer)).await;
    assert_eq!(artist.is_following, Some(true));
    let profile = artist.profile.artist.unwrap();
    assert_eq!(
        (profile.artist_name.as_str(), profile.follower_count),
        ("Demo Artist", 1)
    );
    assert_eq!(profile_for(Some(world.other)).await.is_following, Some(false));
    assert_eq!(profile_for(None).await.is_following, None);
    let payer = world.store.profile(world.payer, None).await.unwrap().unwrap();
    assert_eq!(payer.following_count, 1);
}
