//! Writes of likes.

use domain::{
    GenerationId, StorageError, UserId,
    social::{LikeOutcome, PostLike},
};

use crate::social::{ACTOR_AND_POST, run};
use crate::{
    pool::PgStore,
    row::{ReadRow, required},
};

/// `ON CONFLICT` of the notification: a like that is removed and repeated does not notify twice.
pub(crate) const LIKE: &str = "
, liked AS (
  INSERT INTO post_likes (generation_id, user_id, created_at)
  SELECT generation_id, $2, $3 FROM post
  ON CONFLICT (generation_id, user_id) DO NOTHING
  RETURNING generation_id
), counted AS (
  UPDATE community_posts p SET like_count = p.like_count + 1 FROM liked l WHERE p.generation_id = l.generation_id
  RETURNING p.like_count
), notification AS (
  INSERT INTO notifications (user_id, actor_id, type, target_type, target_id, created_at)
  SELECT p.user_id, $2, 'like', 'generation', p.generation_id, $3
    FROM post p JOIN liked l ON l.generation_id = p.generation_id WHERE p.user_id <> $2
  ON CONFLICT DO NOTHING
)
SELECT EXISTS (SELECT FROM post) AS found, (SELECT like_count FROM counted) AS like_count";

pub(crate) const UNLIKE: &str = "
, unliked AS (
  DELETE FROM post_likes l USING post p WHERE l.generation_id = p.generation_id AND l.user_id = $2
  RETURNING l.generation_id
), counted AS (
  UPDATE community_posts p SET like_count = p.like_count - 1 FROM unliked u WHERE p.generation_id = u.generation_id
)
SELECT EXISTS (SELECT FROM post) AS found";

pub(crate) async fn like(store: &PgStore, like: PostLike) -> Result<LikeOutcome, StorageError> {
    let values = vec![
        like.post_id.0.into(),
        like.user_id.0.into(),
        like.created_at.into(),
    ];
    let row = required(run(store, &format!("{ACTOR_AND_POST}{LIKE}"), values).await?)?;
    if !row.get::<bool>("found")? {
        return Ok(LikeOutcome::NoImage);
    }
    Ok(match row.get::<Option<i64>>("like_count")? {
        Some(like_count) => LikeOutcome::Added { like_count },
        None => LikeOutcome::Already,
    })
}

pub(crate) async fn unlike(store: &PgStore, image: GenerationId, user: UserId) -> Result<bool, StorageError> {
    let values = vec![image.0.into(), user.0.into()];
    let row = required(run(store, &format!("{ACTOR_AND_POST}{UNLIKE}"), values).await?)?;
    row.get("found")
}
