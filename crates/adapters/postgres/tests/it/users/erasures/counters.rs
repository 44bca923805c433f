//! What others are left with.

use crate::{
    queries::finished,
    support::{End, World, erase, make_artist},
};

/// Counters, and what they should be by the rows there are.
const WRONG: &str = "
(SELECT 1 FROM community_posts p
  WHERE like_count <> (SELECT count(*) FROM post_likes l WHERE l.generation_id = p.generation_id)
     OR comment_count <> (SELECT count(*) FROM comments c WHERE c.generation_id = p.generation_id)
 UNION ALL
 SELECT 1 FROM comments t WHERE reply_count <> (SELECT count(*) FROM comments r WHERE r.parent_id = t.id)
 UNION ALL
 SELECT 1 FROM artists a WHERE follower_count <> (SELECT count(*) FROM follows f WHERE f.artist_id = a.user_id)
 UNION ALL
 SELECT 1 FROM user_profiles p
  WHERE following_count <> (SELECT count(*) FROM follows f WHERE f.follower_id = p.user_id)) AS wrong";

/// Sets every counter by the rows there are.
pub const COUNT: &str = "
UPDATE community_posts p
   SET like_count = (SELECT count(*) FROM post_likes l WHERE l.generation_id = p.generation_id),
       comment_count = (SELECT count(*) FROM comments c WHERE c.generation_id = p.generation_id);
UPDATE comments t SET reply_count = (SELECT count(*) FROM comments r WHERE r.parent_id = t.id);
UPDATE artists a SET follower_count = (SELECT count(*) FROM follows f WHERE f.artist_id = a.user_id);
UPDATE user_profiles p SET following_count = (SELECT count(*) FROM follows f WHERE f.follower_id = p.user_id)";

pub async fn assert_counters_are_right(world: &World) {
    assert_eq!(world.count(WRONG).await, 0);
}

/// Images of the artist (1), the payer (2) and the other (3); everybody likes, comments, answers and follows everybody.
async fn lively() -> World {
    let world = World::new().await;
    make_artist(&world.store, world.payer).await;
    make_artist(&world.store, world.other).await;
    for (id, user) in [(1, world.artist), (2, world.payer), (3, world.other)] {
        finished(&world, id, user, id, true).await;
    }
    world
        .sql(
            "INSERT INTO post_likes SELECT g.id, u.id, now() FROM generation_requests g, users u;
             INSERT INTO comments (generation_id, user_id, content, created_at, updated_at)
               SELECT g.id, u.id, 'Lovely', now(), now() FROM generation_requests g, users u;
             INSERT INTO comments (generation_id, user_id, parent_id, content, created_at, updated_at)
               SELECT c.generation_id, u.id, c.id, 'Indeed', now(), now() FROM comments c, users u;
             INSERT INTO follows SELECT u.id, a.user_id, now() FROM users u, artists a WHERE u.id <> a.user_id;
             INSERT INTO notifications (user_id, actor_id, type, target_type, target_id, created_at)
               SELECT p.user_id, r.user_id, 'comment', 'comment', r.id, now()
                 FROM comments r JOIN comments p ON p.id = r.parent_id AND p.user_id <> r.user_id",
        )
        .await;
    world.sql(COUNT).await;
    assert_eq!(
        world
            .count("community_posts WHERE like_count = 3 AND comment_count = 12")
            .await,
        3
    );
    world
}

#[tokio::test]
async fn likes_comments_replies_and_follows_are_taken_out_of_others_counters() {
    let world = lively().await;
    // Two comments of others', one reply of theirs to each: what the payer wrote or began is gone.
    assert_eq!(erase(&world, world.payer).await, End::Gone);
    assert_counters_are_right(&world).await;
    assert_eq!(
        world
            .count("community_posts WHERE like_count = 2 AND comment_count = 6")
            .await,
        2
    );
    assert_eq!(world.count("community_posts").await, 2);
    assert_eq!(
        world
            .count("comments WHERE parent_id IS NULL AND reply_count = 2")
            .await,
        4
    );
    assert_eq!(world.count("artists WHERE follower_count = 1").await, 2);
    assert_eq!(world.count("user_profiles WHERE following_count = 1").await, 2);
}

#[tokio::test]
async fn nobody_is_told_of_comments_that_are_gone() {
    let world = lively().await;
    erase(&world, world.payer).await;
    let dangling = "notifications n WHERE target_type = 'comment'
        AND NOT EXISTS (SELECT FROM comments c WHERE c.id = n.target_id)";
    assert_eq!(world.count(dangling).await, 0);
    // The two that are left answered each other below two images.
    assert_eq!(world.count("notifications").await, 4);
}

#[tokio::test]
async fn hidden_posts_keep_exact_counters_too() {
    let world = lively().await;
    world.sql("UPDATE community_posts SET visible = false").await;
    erase(&world, world.payer).await;
    assert_counters_are_right(&world).await;
}
