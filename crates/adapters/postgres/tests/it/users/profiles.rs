//! What owners change about their profiles.

use domain::{
    ObjectAddress, UserId,
    unit_of_work::UnitOfWorkFactory,
    users::{Bio, FollowOutcome, Follows, ProfileUpdate, ProfileUpdateOutcome, UserQueries, Username},
};
use futures_util::future::join_all;

use sea_orm::{ConnectionTrait, TransactionTrait};
use stylelicense_postgres::{PgStore, PoolOptions};

use crate::{
    support::{World, at, register},
    users::erasures::races::until_waiting,
};

async fn change(world: &World, user: UserId, change: ProfileUpdate, second: i64) -> ProfileUpdateOutcome {
    let mut unit = world.unit().await;
    let changed = unit.profiles().change(user, change, at(second)).await.unwrap();
    if matches!(changed, ProfileUpdateOutcome::Done { .. }) {
        unit.commit().await.unwrap();
    }
    changed
}

fn named(name: &str) -> ProfileUpdate {
    ProfileUpdate {
        username: Some(Username::parse(name).unwrap()),
        ..ProfileUpdate::default()
    }
}

fn pictured(key: Option<&str>) -> ProfileUpdate {
    ProfileUpdate {
        picture: Some(key.map(|key| ObjectAddress::new("media", key))),
        ..ProfileUpdate::default()
    }
}

fn done(second: i64) -> ProfileUpdateOutcome {
    ProfileUpdateOutcome::Done {
        replaced: None,
        updated_at: at(second),
    }
}

#[tokio::test]
async fn what_is_not_named_stays() {
    let world = World::new().await;
    let bio = ProfileUpdate {
        bio: Some(Bio::parse("Ink and rain.").unwrap()),
        ..ProfileUpdate::default()
    };
    assert_eq!(change(&world, world.payer, bio, 5).await, done(5));
    assert_eq!(change(&world, world.payer, named("Somebody"), 6).await, done(6));
    assert_eq!(
        change(&world, world.payer, ProfileUpdate::default(), 7).await,
        done(6)
    );
    let view = world.store.profile(world.payer, None).await.unwrap().unwrap();
    let bio = view.profile.bio.as_ref().map(Bio::as_str);
    assert_eq!(
        (view.user.username.as_str(), bio, view.profile.profile_image),
        ("Somebody", Some("Ink and rain."), None)
    );
    let none = ProfileUpdate {
        bio: Some(Bio::parse("").unwrap()),
        ..ProfileUpdate::default()
    };
    change(&world, world.payer, none, 8).await;
    let view = world.store.profile(world.payer, None).await.unwrap().unwrap();
    assert_eq!(view.profile.bio, None);
}

#[tokio::test]
async fn a_picture_that_is_replaced_or_removed_is_named() {
    let world = World::new().await;
    let replaced = |key: &str, second| ProfileUpdateOutcome::Done {
        replaced: Some(ObjectAddress::new("media", key)),
        updated_at: at(second),
    };
    assert_eq!(
        change(&world, world.payer, pictured(Some("one")), 1).await,
        done(1)
    );
    assert_eq!(change(&world, world.payer, named("payer"), 2).await, done(2));
    assert_eq!(
        change(&world, world.payer, pictured(Some("two")), 3).await,
        replaced("one", 3)
    );
    assert_eq!(
        change(&world, world.payer, pictured(None), 4).await,
        replaced("two", 4)
    );
    assert_eq!(change(&world, world.payer, pictured(None), 5).await, done(5));
    assert_eq!(
        world
            .count("user_profiles WHERE profile_image_key IS NOT NULL")
            .await,
        0
    );
}

#[tokio::test]
async fn a_name_belongs_to_one_account() {
    let world = World::new().await;
    assert_eq!(
        change(&world, world.payer, named("other"), 1).await,
        ProfileUpdateOutcome::UsernameTaken
    );
    assert_eq!(
        change(&world, world.payer, named("payer"), 2).await,
        done(2),
        "one's own"
    );
    assert_eq!(
        change(&world, world.payer, named("Other"), 3).await,
        done(3),
        "case counts"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_want_a_name_at_once_one_gets_it() {
    let world = World::new().await;
    let mut users = Vec::new();
    for n in 0..10 {
        users.push(register(&world.store, &format!("person-{n}")).await);
    }
    let outcomes = join_all(
        users
            .into_iter()
            .map(|user| change(&world, user, named("the-name"), 1)),
    )
    .await;
    let got = outcomes.iter().filter(|outcome| **outcome == done(1)).count();
    let refused = outcomes
        .iter()
        .filter(|outcome| **outcome == ProfileUpdateOutcome::UsernameTaken)
        .count();
    assert_eq!((got, refused), (1, 9));
}

#[tokio::test]
async fn a_deactivated_account_changes_nothing() {
    let world = World::new().await;
    world.sql("UPDATE users SET is_active = false WHERE id = 1").await;
    assert_eq!(
        change(&world, world.payer, named("changed"), 1).await,
        ProfileUpdateOutcome::Gone
    );
    assert_eq!(
        change(&world, UserId(99), named("changed"), 1).await,
        ProfileUpdateOutcome::Gone
    );
    assert_eq!(world.count("users WHERE username = 'changed'").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_renamed_while_following_an_artist_waits_and_is_not_refused() {
    let world = World::new().await;
    // Where both want the same rows crosswise, the database gives up this connection's statement, which looks first.
    let hasty = format!("{}?options=-c%20deadlock_timeout%3D10ms", world.database.url);
    let hasty = PgStore::connect(&hasty.into(), &PoolOptions::default())
        .await
        .unwrap();
    let db = world.database.connect().await.unwrap();
    let profile = db.begin().await.unwrap();
    profile
        .execute_unprepared("SELECT FROM user_profiles WHERE user_id = 1 FOR UPDATE")
        .await
        .unwrap();
    let rename = async {
        let mut unit = UnitOfWorkFactory::begin(&hasty).await.unwrap();
        let renamed = unit.profiles().change(world.payer, named("renamed"), at(1)).await;
        unit.commit().await.unwrap();
        renamed
    };
    let follow = async {
        until_waiting(&world, 1).await;
        world.store.follow(world.artist, world.payer, at(1)).await
    };
    let release = async {
        until_waiting(&world, 2).await;
        profile.commit().await.unwrap();
    };
    let (renamed, followed, ()) = tokio::join!(rename, follow, release);
    assert_eq!(renamed.unwrap(), done(1));
    assert_eq!(followed.unwrap(), FollowOutcome::Added { follower_count: 1 });
}
