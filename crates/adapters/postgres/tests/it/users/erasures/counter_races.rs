//! Likes, comments and follows concurrent with erasures.

use std::sync::Arc;

use domain::{
    CommentId, GenerationId, StorageError, UserId,
    generations::{ImageUpdate, Settlements},
    social::{CommentOutcome, CommentText, Community, NewComment, PostLike},
    users::Follows,
};
use futures_util::future::join_all;

use super::{
    counters::{SET_COUNTERS, assert_counters_are_right},
    races::ignore_aborted,
};
use crate::{
    queries::add_image,
    support::{ErasureResult, World, at, erase, make_artist, register},
};

/// One of several writes of a user, chosen by `n`. Each must be atomic.
async fn write(world: &World, user: UserId, n: i64) -> Result<(), StorageError> {
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
            set_public(world, image, false).await?;
            set_public(world, image, true).await
        }
        5 => match last_comment(world, user, n < 16).await {
            Some(comment) => store.remove(comment).await.map(drop),
            None => Ok(()),
        },
        6 => store.unfollow(world.payer, user).await.map(drop),
        _ => {
            store.unlike(image, user).await.map(drop)?;
            store.apply_earnings(1).await.map(drop)
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

async fn last_comment(world: &World, user: UserId, include_replies: bool) -> Option<CommentId> {
    let last = format!(
        "SELECT max(id) FROM comments
          WHERE user_id = {user} AND content = 'Indeed' AND (parent_id IS NULL OR {include_replies})"
    );
    world.value::<Option<i64>>(&last).await.map(CommentId)
}

async fn set_public(world: &World, image: GenerationId, is_public: bool) -> Result<(), StorageError> {
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
async fn counters_are_exact_after_writes_concurrent_with_several_erasures() {
    let world = Arc::new(World::new().await);
    make_artist(&world.store, world.payer).await;
    let mut users = vec![world.payer, world.other];
    for n in 0..6 {
        users.push(register(&world.store, &format!("user-{n}")).await);
    }
    for (id, user) in [
        (1, world.artist),
        (2, world.payer),
        (3, world.other),
        (4, world.artist),
    ] {
        add_image(&world, id, user, id, true).await;
        world
            .sql(&format!(
                "INSERT INTO comments (generation_id, user_id, content, created_at, updated_at)
                 VALUES ({id}, {}, 'First', now(), now())",
                users[usize::try_from(id).unwrap()]
            ))
            .await;
    }
    world.sql(SET_COUNTERS).await;
    let mut work = Vec::new();
    for user in users.iter().copied() {
        let world = Arc::clone(&world);
        let is_erased = user.0 % 2 == 1;
        work.push(tokio::spawn(async move {
            for n in 0..32 {
                // Continues after the erasure.
                write(&world, user, n).await.or_else(ignore_aborted).unwrap();
                if n == 17 && is_erased {
                    assert_eq!(erase(&world, user).await, ErasureResult::Deleted);
                }
            }
        }));
    }
    for result in join_all(work).await {
        result.unwrap();
    }
    for rows in ["post_likes", "comments WHERE parent_id IS NOT NULL", "follows"] {
        assert!(world.count(rows).await > 0, "no {rows}");
    }
    let remaining = users.iter().filter(|user| user.0 % 2 == 0).count() + 1;
    assert_eq!(world.count("users").await, i64::try_from(remaining).unwrap());
    assert_counters_are_right(&world).await;
}
