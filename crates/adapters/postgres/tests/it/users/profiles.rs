//! Changes of profiles by their owners.

use domain::{
    ObjectAddress, UserId,
    unit_of_work::UnitOfWorkFactory,
    users::{Bio, FollowOutcome, Follows, ProfileUpdate, ProfileUpdateOutcome, UserQueries, Username},
};
use futures_util::future::join_all;

use sea_orm::{ConnectionTrait, TransactionTrait};
use stylelicense_postgres::{PgStore, PoolOptions};

use crate::support::{World, at, register, until_blocked};

async fn change(world: &World, user: UserId, change: ProfileUpdate, second: i64) -> ProfileUpdateOutcome {
    let mut unit = world.unit().await;
    let changed = unit.profiles().change(user, change, at(second)).await.unwrap();
    if matches!(changed, ProfileUpdateOutcome::Done { .. }) {
        unit.commit().await.unwrap();
    }
    changed
}

fn new_username(name: &str) -> ProfileUpdate {
    ProfileUpdate {
        username: Some(Username::parse(name).unwrap()),
        ..ProfileUpdate::default()
    }
}

fn new_picture(key: Option<&str>) -> ProfileUpdate {
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
async fn absent_fields_are_unchanged() {
    let world = World::new().await;
    let bio = ProfileUpdate {
        bio: Some(Bio::parse("Ink and rain.").unwrap()),
        ..ProfileUpdate::default()
    };
    assert_eq!(change(&world, world.payer, bio, 5).await, done(5));
    assert_eq!(
        change(&world, world.payer, new_username("NewName"), 6).await,
        done(6)
    );
    assert_eq!(
        change(&world, world.payer, ProfileUpdate::default(), 7).await,
        done(6)
    );
    let view = world.store.profile(world.payer, None).await.unwrap().unwrap();
    let bio = view.profile.bio.as_ref().map(Bio::as_str);
    assert_eq!(
        (view.user.username.as_str(), bio, view.profile.profile_image),
        ("NewName", Some("Ink and rain."), None)
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
async fn a_replaced_or_removed_picture_is_returned() {
    let world = World::new().await;
    let replaced = |key: &str, second| ProfileUpdateOutcome::Done {
        replaced: Some(ObjectAddress::new("media", key)),
        updated_at: at(second),
    };
    assert_eq!(
        change(&world, world.payer, new_picture(Some("one")), 1).await,
        done(1)
    );
    assert_eq!(
        change(&world, world.payer, new_username("payer"), 2).await,
        done(2)
    );
    assert_eq!(
        change(&world, world.payer, new_picture(Some("two")), 3).await,
        replaced("one", 3)
    );
    assert_eq!(
        change(&world, world.payer, new_picture(None), 4).await,
        replaced("two", 4)
    );
    assert_eq!(change(&world, world.payer, new_picture(None), 5).await, done(5));
    assert_eq!(
        world
            .count("user_profiles WHERE profile_image_key IS NOT NULL")
            .await,
        0
    );
}

#[tokio::test]
async fn a_username_is_unique() {
    let world = World::new().await;
    assert_eq!(
        change(&world, world.payer, new_username("other"), 1).await,
        ProfileUpdateOutcome::UsernameTaken
    );
    assert_eq!(
        change(&world, world.payer, new_username("payer"), 2).await,
        done(2),
        "the own username"
    );
    assert_eq!(
        change(&world, world.payer, new_username("Other"), 3).await,
        done(3),
        "case-sensitive"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_changes_to_one_username_succeed_once() {
    let world = World::new().await;
    let mut users = Vec::new();
    for n in 0..10 {
        users.push(register(&world.store, &format!("user-{n}")).await);
    }
    let outcomes = join_all(
        users
            .into_iter()
            .map(|user| change(&world, user, new_username("the-name"), 1)),
    )
    .await;
    let changed = outcomes.iter().filter(|outcome| **outcome == done(1)).count();
    let taken = outcomes
        .iter()
        .filter(|outcome| **outcome == ProfileUpdateOutcome::UsernameTaken)
        .count();
    assert_eq!((changed, taken), (1, 9));
}

#[tokio::test]
async fn a_deactivated_account_cannot_be_changed() {
    let world = World::new().await;
    world.sql("UPDATE users SET is_active = false WHERE id = 1").await;
    assert_eq!(
        change(&world, world.payer, new_username("changed"), 1).await,
        ProfileUpdateOutcome::Gone
    );
    assert_eq!(
        change(&world, UserId(99), new_username("changed"), 1).await,
        ProfileUpdateOutcome::Gone
    );
    assert_eq!(world.count("users WHERE username = 'changed'").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_username_change_and_a_concurrent_follow_do_not_deadlock() {
    let world = World::new().await;
    // In a deadlock, PostgreSQL would abort the statement of this connection, which has the shorter timeout.
    let short_timeout = format!("{}?options=-c%20deadlock_timeout%3D10ms", world.database.url);
    let store = PgStore::connect(&short_timeout.into(), &PoolOptions::default())
        .await
        .unwrap();
    let db = world.database.connect().await.unwrap();
    let profile = db.begin().await.unwrap();
    profile
        .execute_unprepared("SELECT FROM user_profiles WHERE user_id = 1 FOR UPDATE")
        .await
        .unwrap();
    let rename = async {
        let mut unit = UnitOfWorkFactory::begin(&store).await.unwrap();
        let renamed = unit
            .profiles()
            .change(world.payer, new_username("renamed"), at(1))
            .await;
        unit.commit().await.unwrap();
        renamed
    };
    let follow = async {
        until_blocked(&world, 1).await;
        world.store.follow(world.artist, world.payer, at(1)).await
    };
    let release = async {
        until_blocked(&world, 2).await;
        profile.commit().await.unwrap();
    };
    let (renamed, followed, ()) = tokio::join!(rename, follow, release);
    assert_eq!(renamed.unwrap(), done(1));
    assert_eq!(followed.unwrap(), FollowOutcome::Added { follower_count: 1 });
}
