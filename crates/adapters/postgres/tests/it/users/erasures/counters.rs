//! Counters and notifications of other users after an erasure.

use crate::{
    queries::add_image,
    support::{ErasureResult, World, erase, make_artist},
};

/// Counters that differ from the number of rows.
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

/// Sets all counters to the number of rows.
pub const SET_COUNTERS: &str = "
UPDATE community_posts p
   SET like_count = (SELECT count(*) FROM post_likes l WHERE l.generation_id = p.generation_id),
       comment_count = (SELECT count(*) FROM comments c WHERE c.generation_id = p.generation_id);
UPDATE comments t SET reply_count = (SELECT count(*) FROM comments r WHERE r.parent_id = t.id);
UPDATE artists a SET follower_count = (SELECT count(*) FROM follows f WHERE f.artist_id = a.user_id);
UPDATE user_profiles p SET following_count = (SELECT count(*) FROM follows f WHERE f.follower_id = p.user_id)";

pub async fn assert_counters_are_right(world: &World) {
    assert_eq!(world.count(WRONG).await, 0);
}

/// Images of the artist (1), the payer (2) and the other user (3). Each user likes, comments, replies to and follows
/// all.
async fn world_with_interactions() -> World {
    let world = World::new().await;
    make_artist(&world.store, world.payer).await;
    make_artist(&world.store, world.other).await;
    for (id, user) in [(1, world.artist), (2, world.payer), (3, world.other)] {
        add_image(&world, id, user, id, true).await;
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
    world.sql(SET_COUNTERS).await;
    assert_eq!(
        world
            .count("community_posts WHERE like_count = 3 AND comment_count = 12")
            .await,
        3
    );
    world
}

#[tokio::test]
async fn an_erasure_decrements_the_counters_of_other_users() {
    let world = world_with_interactions().await;
    // Two comments of other users remain on each image, with two replies each.
    assert_eq!(erase(&world, world.payer).await, ErasureResult::Deleted);
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
async fn notifications_of_deleted_comments_are_deleted() {
    let world = world_with_interactions().await;
    erase(&world, world.payer).await;
    let dangling = "notifications n WHERE target_type = 'comment'
        AND NOT EXISTS (SELECT FROM comments c WHERE c.id = n.target_id)";
    assert_eq!(world.count(dangling).await, 0);
    // The two remaining users replied to each other on two images.
    assert_eq!(world.count("notifications").await, 4);
}

#[tokio::test]
async fn counters_of_hidden_posts_are_decremented() {
    let world = world_with_interactions().await;
    world.sql("UPDATE community_posts SET visible = false").await;
    erase(&world, world.payer).await;
    assert_counters_are_right(&world).await;
}
