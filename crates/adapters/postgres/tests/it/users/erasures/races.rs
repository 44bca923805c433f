//! Erasures while everything else goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{
    CommentId, GenerationId, ObjectAddress, StorageError, StyleId, UserId,
    generations::{HoldOutcome, ImageUpdate, Settlements},
    social::{CommentOutcome, CommentText, Community, NewComment, PostLike},
    users::{AccountLock, Follows, ProfileUpdate, ProfileUpdateOutcome},
};
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;

use super::{
    counters::{COUNT, assert_counters_are_right},
    requested,
};
use crate::{
    queries::finished,
    support::{
        End, STYLE, World, at, capture, deactivate, end, erase, fail, make_artist, new_task, register,
    },
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_and_reports_that_race_an_erasure_lose_no_token() {
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
                world.store.hold(hold).await.map(drop).or_else(ignore_lost)?;
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
                assert_eq!(erase(&world, user).await, End::Gone);
                world.store.fold(2).await.map(drop)
            }));
        }
    }
    for done in join_all(work).await {
        done.unwrap().or_else(ignore_lost).unwrap();
    }
    assert_eq!(
        world.count("users").await,
        3,
        "everybody who wanted to leave is gone"
    );
    assert_eq!(world.count("generation_requests").await, 0);
    assert_eq!(world.count("outbox_messages").await, 0);
    world.assert_books_balance().await;
}

/// A statement may lose against an erasure: it is answered with "try again".
fn ignore_lost(error: StorageError) -> Result<(), StorageError> {
    match error {
        StorageError::Aborted(_) => Ok(()),
        error => Err(error),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_in_a_style_whose_artist_leaves_is_made_or_refused_as_a_whole() {
    let world = Arc::new(World::new().await);
    world.buy(world.payer, 1000).await;
    let (mut kept, mut gone) = (0, 0);
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
        let leaving = tokio::spawn({
            let world = Arc::clone(&world);
            async move { erase(&world, artist).await }
        });
        if n % 2 == 0 {
            tokio::task::yield_now().await;
        }
        match (world.store.hold(hold).await, leaving.await.unwrap()) {
            (Ok(HoldOutcome::Held { .. }), End::Kept) => kept += 1,
            (Err(StorageError::Aborted(_)), End::Gone) => gone += 1,
            other => panic!("{other:?}"),
        }
        assert_eq!(
            world
                .count(&format!("generation_requests WHERE style_id = {style}"))
                .await,
            world.count(&format!("style_models WHERE id = {style}")).await
        );
    }
    assert_eq!(kept + gone, 12);
    world.assert_books_balance().await;
}

#[tokio::test]
async fn a_request_in_the_style_that_is_not_committed_yet_is_waited_for() {
    let world = World::new().await;
    deactivate(&world, world.artist).await;
    // What a hold does to the style: its request refers to it.
    let db = world.database.connect().await.unwrap();
    let request = sea_orm::TransactionTrait::begin(&db).await.unwrap();
    request
        .execute_unprepared(
            "INSERT INTO generation_requests (id, user_id, style_id, artist_id, consumed_tokens, task_id, prompt_tags,
               aspect_ratio, seed, result_key, last_heartbeat_at, created_at, updated_at)
             VALUES (1, 1, 1, 2, 10, gen_random_uuid(), '{cat}', '1:1', 1, 'k', now(), now(), now())",
        )
        .await
        .unwrap();
    let commit = async {
        until_somebody_waits(&world).await;
        request.commit().await.unwrap();
    };
    let (outcome, ()) = tokio::join!(end(&world, world.artist), commit);
    assert_eq!(outcome.unwrap(), End::Open, "seen after the wait: begun again");
    assert_eq!(end(&world, world.artist).await.unwrap(), End::Kept);
}

pub async fn until_somebody_waits(world: &World) {
    until_waiting(world, 1).await;
}

/// Until so many statements wait for a lock.
pub async fn until_waiting(world: &World, statements: i64) {
    let deadline = Instant::now() + Duration::from_secs(8);
    while world
        .count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        .await
        < statements
    {
        assert!(Instant::now() < deadline, "nobody waits");
    }
}

/// What people do all day, each by its own statement. Whatever it comes to, it must have been done or refused as a
/// whole.
async fn act(world: &World, user: UserId, n: i64) -> Result<(), StorageError> {
    let store = &world.store;
    let image = GenerationId((user.0 + n + n / 8) % 4 + 1);
    let now = at(100 + n);
    match n % 8 {
        0 => store
            .like(PostLike {
                post_id: image,
                user_id: user,
                created_at: now,
            })
            .await
            .map(drop),
        1 => comment(world, image, user, first_comment(world, image).await)
            .await
            .map(drop),
        2 => {
            let artist = if n % 16 == 2 && user != world.payer {
                world.payer
            } else {
                world.artist
            };
            store.follow(artist, user, now).await.map(drop)
        }
        3 => comment(world, image, user, None).await.map(drop),
        4 => {
            show(world, image, false).await?;
            show(world, image, true).await
        }
        5 => match own_comment(world, user, n < 16).await {
            Some(own) => store.remove(own).await.map(drop),
            None => Ok(()),
        },
        6 => store.unfollow(world.payer, user).await.map(drop),
        _ => {
            store.unlike(image, user).await.map(drop)?;
            store.fold(1).await.map(drop)
        }
    }
}

async fn comment(
    world: &World,
    image: GenerationId,
    user: UserId,
    parent: Option<CommentId>,
) -> Result<CommentOutcome, StorageError> {
    let comment = NewComment {
        image,
        user,
        parent,
        content: CommentText::parse("Indeed").unwrap(),
        now: at(100),
    };
    world.store.comment(comment).await
}

async fn first_comment(world: &World, image: GenerationId) -> Option<CommentId> {
    let first = format!("SELECT min(id) FROM comments WHERE generation_id = {image} AND parent_id IS NULL");
    world.value::<Option<i64>>(&first).await.map(CommentId)
}

async fn own_comment(world: &World, user: UserId, reply_too: bool) -> Option<CommentId> {
    let last = format!(
        "SELECT max(id) FROM comments
          WHERE user_id = {user} AND content = 'Indeed' AND (parent_id IS NULL OR {reply_too})"
    );
    world.value::<Option<i64>>(&last).await.map(CommentId)
}

async fn show(world: &World, image: GenerationId, is_public: bool) -> Result<(), StorageError> {
    let mut unit = world.unit().await;
    if unit.generations().lock(image).await?.is_none() {
        return Ok(());
    }
    let change = ImageUpdate {
        is_public: Some(is_public),
        caption: None,
    };
    unit.generations().update_image(image, change, at(200)).await?;
    unit.commit().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counters_are_exact_whatever_races_with_several_erasures() {
    let world = Arc::new(World::new().await);
    make_artist(&world.store, world.payer).await;
    let mut users = vec![world.payer, world.other];
    for n in 0..6 {
        users.push(register(&world.store, &format!("person-{n}")).await);
    }
    for (id, user) in [
        (1, world.artist),
        (2, world.payer),
        (3, world.other),
        (4, world.artist),
    ] {
        finished(&world, id, user, id, true).await;
        world
            .sql(&format!(
                "INSERT INTO comments (generation_id, user_id, content, created_at, updated_at)
                 VALUES ({id}, {}, 'First', now(), now())",
                users[usize::try_from(id).unwrap()]
            ))
            .await;
    }
    world.sql(COUNT).await;
    let mut work = Vec::new();
    for user in users.iter().copied() {
        let world = Arc::clone(&world);
        let leaves = user.0 % 2 == 1;
        work.push(tokio::spawn(async move {
            for n in 0..32 {
                // Somebody who is gone still tries.
                act(&world, user, n).await.or_else(ignore_lost).unwrap();
                if n == 17 && leaves {
                    assert_eq!(erase(&world, user).await, End::Gone);
                }
            }
        }));
    }
    for done in join_all(work).await {
        done.unwrap();
    }
    for done in ["post_likes", "comments WHERE parent_id IS NOT NULL", "follows"] {
        assert!(world.count(done).await > 0, "{done}: nothing happened");
    }
    let left = users.iter().filter(|user| user.0 % 2 == 0).count() + 1;
    assert_eq!(world.count("users").await, i64::try_from(left).unwrap());
    assert_counters_are_right(&world).await;
}

#[tokio::test]
async fn a_picture_stored_by_a_change_under_way_is_known_to_the_erasure() {
    let world = World::new().await;
    let mut change = world.unit().await;
    let picture = ObjectAddress::new("media", "profiles/new.png");
    let wanted = ProfileUpdate {
        picture: Some(Some(picture.clone())),
        ..ProfileUpdate::default()
    };
    let changed = change
        .profiles()
        .change(world.payer, wanted, at(1))
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
        until_somebody_waits(&world).await;
        change.commit().await.unwrap();
    };
    let (stored, ()) = tokio::join!(erasure, commit);
    assert_eq!(stored, [picture]);
}

#[tokio::test]
async fn a_request_made_after_the_deactivation_holds_the_erasure_up() {
    let world = World::new().await;
    deactivate(&world, world.payer).await;
    // Its session was checked a moment before.
    requested(&world, 1, world.payer, STYLE).await;
    assert_eq!(end(&world, world.payer).await.unwrap(), End::Open);
    assert_eq!(erase(&world, world.payer).await, End::Gone);
    let hold = world.new_hold(2);
    assert_eq!(world.store.hold(hold).await.unwrap(), HoldOutcome::NoWallet);
    world.assert_books_balance().await;
}
