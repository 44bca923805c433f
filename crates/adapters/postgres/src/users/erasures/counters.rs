//! Deletes an account's likes, comments and follows, and decrements the counters of other users. SQL because the rows
//! of one table change those of another.

use domain::{StorageError, UserId};

use crate::users::erasures::PgUnitOfWork;

/// Posts of other users that the account liked or commented.
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

/// Replies to the account's comments are deleted, too.
const DECREMENT_POSTS: &str = "
UPDATE community_posts p SET like_count = p.like_count - deleted.likes, comment_count = p.comment_count - deleted.comments
  FROM (SELECT generation_id, sum(likes)::bigint AS likes, sum(comments)::bigint AS comments
          FROM (SELECT l.generation_id, 1 AS likes, 0 AS comments FROM post_likes l WHERE l.user_id = $1
                UNION ALL
                SELECT c.generation_id, 0, 1 FROM comments c WHERE c.user_id = $1
                UNION ALL
                SELECT r.generation_id, 0, 1
                  FROM comments c JOIN comments r ON r.generation_id = c.generation_id AND r.parent_id = c.id
                 WHERE c.user_id = $1 AND r.user_id <> $1) AS single
         GROUP BY generation_id) AS deleted
 WHERE p.generation_id = deleted.generation_id AND p.user_id <> $1";

const DECREMENT_PARENTS: &str = "
UPDATE comments t SET reply_count = t.reply_count - deleted.replies
  FROM (SELECT c.parent_id, count(*) AS replies FROM comments c
         WHERE c.user_id = $1 AND c.parent_id IS NOT NULL GROUP BY c.parent_id) AS deleted
 WHERE t.id = deleted.parent_id AND t.user_id <> $1";

const DECREMENT_FOLLOWED: &str = "
UPDATE artists a SET follower_count = a.follower_count - 1
  FROM follows f WHERE f.follower_id = $1 AND a.user_id = f.artist_id";

const DECREMENT_FOLLOWERS: &str = "
UPDATE user_profiles p SET following_count = p.following_count - 1
  FROM follows f WHERE f.artist_id = $1 AND p.user_id = f.follower_id";

/// Notifications of other users about deleted comments: those on the account's images and the replies to its comments.
const DELETE_COMMENT_NOTIFICATIONS: &str = "
DELETE FROM notifications n
 USING (SELECT c.id FROM community_posts p JOIN comments c ON c.generation_id = p.generation_id
         WHERE p.user_id = $1
        UNION
        SELECT r.id
          FROM comments c JOIN comments r ON r.generation_id = c.generation_id AND r.parent_id = c.id
         WHERE c.user_id = $1) AS deleted
 WHERE n.target_type = 'comment' AND n.target_id = deleted.id";

/// The foreign keys would delete these with the account, but there may be many, and later steps block the earnings job.
const DELETE_NOTIFICATIONS: &str = "DELETE FROM notifications WHERE user_id = $1 OR actor_id = $1";
const DELETE_COMMENTS: &str = "DELETE FROM comments WHERE user_id = $1";
const DELETE_LIKES: &str = "DELETE FROM post_likes WHERE user_id = $1";
const DELETE_FOLLOWS: &str = "DELETE FROM follows WHERE follower_id = $1 OR artist_id = $1";

/// Needed for an anonymized account, whose notifications are not deleted.
const DELETE_FOLLOW_NOTIFICATIONS: &str = "DELETE FROM notifications WHERE actor_id = $1 AND type = 'follow'";

/// Needed for an anonymized account, whose rows are not deleted.
const RESET_FOLLOWER_COUNT: &str = "UPDATE artists SET follower_count = 0 WHERE user_id = $1";
const RESET_FOLLOWING_COUNT: &str = "UPDATE user_profiles SET following_count = 0 WHERE user_id = $1";

/// Locks rows in order of id before it updates them, because an update locks rows in any order.
pub(crate) const LIKES_AND_COMMENTS: [&str; 8] = [
    LOCK_POSTS,
    LOCK_PARENTS,
    DECREMENT_POSTS,
    DECREMENT_PARENTS,
    DELETE_COMMENT_NOTIFICATIONS,
    DELETE_NOTIFICATIONS,
    DELETE_COMMENTS,
    DELETE_LIKES,
];

pub(crate) const FOLLOWS: [&str; 8] = [
    LOCK_FOLLOWED,
    LOCK_FOLLOWERS,
    DECREMENT_FOLLOWED,
    DECREMENT_FOLLOWERS,
    DELETE_FOLLOWS,
    DELETE_FOLLOW_NOTIFICATIONS,
    RESET_FOLLOWER_COUNT,
    RESET_FOLLOWING_COUNT,
];

impl PgUnitOfWork {
    pub(crate) async fn run_each(&self, steps: &[&str], user: UserId) -> Result<(), StorageError> {
        for step in steps {
            self.run(step, vec![user.0.into()]).await?;
        }
        Ok(())
    }
}
