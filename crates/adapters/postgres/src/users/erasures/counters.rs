//! What an account leaves in others' counters, and its own rows that made it. SQL because the rows of one table change
//! those of another.

use domain::{StorageError, UserId};

use crate::users::erasures::PgUnitOfWork;

/// Posts of others below which the account liked or wrote something, or had its comments answered.
const LOCK_POSTS: &str = "
SELECT p.generation_id FROM community_posts p
 WHERE p.user_id <> $1
   AND p.generation_id = ANY (ARRAY(SELECT l.generation_id FROM post_likes l WHERE l.user_id = $1
                                    UNION SELECT c.generation_id FROM comments c WHERE c.user_id = $1))
 ORDER BY p.generation_id FOR NO KEY UPDATE";

const LOCK_PARENTS: &str = "
SELECT t.id FROM comments t
 WHERE t.user_id <> $1
   AND t.id = ANY (ARRAY(SELECT c.parent_id FROM comments c WHERE c.user_id = $1 AND c.parent_id IS NOT NULL))
 ORDER BY t.id FOR NO KEY UPDATE";

const LOCK_FOLLOWED: &str = "
SELECT a.user_id FROM artists a
 WHERE a.user_id = ANY (ARRAY(SELECT f.artist_id FROM follows f WHERE f.follower_id = $1))
 ORDER BY a.user_id FOR NO KEY UPDATE";

const LOCK_FOLLOWERS: &str = "
SELECT p.user_id FROM user_profiles p
 WHERE p.user_id = ANY (ARRAY(SELECT f.follower_id FROM follows f WHERE f.artist_id = $1))
 ORDER BY p.user_id FOR NO KEY UPDATE";

/// The account's comments go with the replies to them.
const LOWER_POSTS: &str = "
UPDATE community_posts p SET like_count = p.like_count - gone.likes, comment_count = p.comment_count - gone.comments
  FROM (SELECT generation_id, sum(likes)::bigint AS likes, sum(comments)::bigint AS comments
          FROM (SELECT l.generation_id, 1 AS likes, 0 AS comments FROM post_likes l WHERE l.user_id = $1
                UNION ALL
                SELECT c.generation_id, 0, 1 FROM comments c WHERE c.user_id = $1
                UNION ALL
                SELECT r.generation_id, 0, 1
                  FROM comments c JOIN comments r ON r.generation_id = c.generation_id AND r.parent_id = c.id
                 WHERE c.user_id = $1 AND r.user_id <> $1) AS each
         GROUP BY generation_id) AS gone
 WHERE p.generation_id = gone.generation_id AND p.user_id <> $1";

const LOWER_PARENTS: &str = "
UPDATE comments t SET reply_count = t.reply_count - gone.replies
  FROM (SELECT c.parent_id, count(*) AS replies FROM comments c
         WHERE c.user_id = $1 AND c.parent_id IS NOT NULL GROUP BY c.parent_id) AS gone
 WHERE t.id = gone.parent_id AND t.user_id <> $1";

const LOWER_FOLLOWED: &str = "
UPDATE artists a SET follower_count = a.follower_count - 1
  FROM follows f WHERE f.follower_id = $1 AND a.user_id = f.artist_id";

const LOWER_FOLLOWERS: &str = "
UPDATE user_profiles p SET following_count = p.following_count - 1
  FROM follows f WHERE f.artist_id = $1 AND p.user_id = f.follower_id";

/// Others were told of others' comments that go now, below the account's images or in answer to its comments.
const FORGET_NOTICES: &str = "
DELETE FROM notifications n
 USING (SELECT c.id FROM community_posts p JOIN comments c ON c.generation_id = p.generation_id
         WHERE p.user_id = $1
        UNION
        SELECT r.id
          FROM comments c JOIN comments r ON r.generation_id = c.generation_id AND r.parent_id = c.id
         WHERE c.user_id = $1) AS gone
 WHERE n.target_type = 'comment' AND n.target_id = gone.id";

/// The account's row would take these with it. There may be many, and the fold waits from later on.
const DELETE_NOTICES: &str = "DELETE FROM notifications WHERE user_id = $1 OR actor_id = $1";
const DELETE_COMMENTS: &str = "DELETE FROM comments WHERE user_id = $1";
const DELETE_LIKES: &str = "DELETE FROM post_likes WHERE user_id = $1";
const DELETE_FOLLOWS: &str = "DELETE FROM follows WHERE follower_id = $1 OR artist_id = $1";

/// Nobody is told any longer that an account that stays followed them.
const FORGET_FOLLOWING: &str = "DELETE FROM notifications WHERE actor_id = $1 AND type = 'follow'";

/// Of an account that stays.
const FORGET_FOLLOWERS: &str = "UPDATE artists SET follower_count = 0 WHERE user_id = $1";
const FORGET_FOLLOWED: &str = "UPDATE user_profiles SET following_count = 0 WHERE user_id = $1";

/// Locks by id, then changes: an update takes its rows in any order.
const WORDS: [&str; 8] = [
    LOCK_POSTS,
    LOCK_PARENTS,
    LOWER_POSTS,
    LOWER_PARENTS,
    FORGET_NOTICES,
    DELETE_NOTICES,
    DELETE_COMMENTS,
    DELETE_LIKES,
];

const FOLLOWS: [&str; 8] = [
    LOCK_FOLLOWED,
    LOCK_FOLLOWERS,
    LOWER_FOLLOWED,
    LOWER_FOLLOWERS,
    DELETE_FOLLOWS,
    FORGET_FOLLOWING,
    FORGET_FOLLOWERS,
    FORGET_FOLLOWED,
];

impl PgUnitOfWork {
    pub(crate) async fn withdraw_likes_and_comments(&self, user: UserId) -> Result<(), StorageError> {
        self.each(&WORDS, user).await
    }

    pub(crate) async fn end_all_follows(&self, user: UserId) -> Result<(), StorageError> {
        self.each(&FOLLOWS, user).await
    }

    async fn each(&self, steps: &[&str], user: UserId) -> Result<(), StorageError> {
        for step in steps {
            self.run(step, vec![user.0.into()]).await?;
        }
        Ok(())
    }
}
