//! Writes of comments and replies.

use chrono::{DateTime, Utc};
use domain::{
    CommentId, StorageError, UserId,
    social::{CommentAccess, CommentOutcome, CommentText, NewComment},
};

use crate::social::{ACTOR_AND_POST, run, run_locked};
use crate::{
    pool::PgStore,
    row::{ReadRow, required},
};

/// A reply notifies the author of its parent, another comment the image's owner. Users are not notified of their own
/// comments.
pub(crate) const ADD: &str = "
, parent AS (
  SELECT c.id, c.user_id, c.parent_id FROM comments c JOIN post p ON p.generation_id = c.generation_id
   WHERE c.id = $3 FOR NO KEY UPDATE OF c
), inserted AS (
  INSERT INTO comments (generation_id, user_id, parent_id, content, created_at, updated_at)
  SELECT p.generation_id, $2, $3, $4, $6, $6 FROM post p
   WHERE $3::bigint IS NULL OR EXISTS (SELECT FROM parent WHERE parent_id IS NULL)
  RETURNING id
), counted AS (
  UPDATE community_posts p SET comment_count = p.comment_count + 1 FROM inserted WHERE p.generation_id = $1
), replied AS (
  UPDATE comments c SET reply_count = c.reply_count + 1 FROM parent r, inserted WHERE c.id = r.id
), notification AS (
  INSERT INTO notifications (user_id, actor_id, type, target_type, target_id, metadata, created_at)
  SELECT COALESCE(r.user_id, p.user_id), $2, 'comment', 'comment', i.id,
         jsonb_build_object('excerpt', $5::text, 'generation_id', $1::bigint), $6
    FROM inserted i CROSS JOIN post p LEFT JOIN parent r ON true
   WHERE COALESCE(r.user_id, p.user_id) <> $2
)
SELECT EXISTS (SELECT FROM post) AS found, EXISTS (SELECT FROM parent) AS parent_found,
       (SELECT id FROM inserted) AS id";

pub(crate) const ACCESS: &str = "
SELECT c.user_id, p.visible OR p.user_id = $2 AS visible
  FROM comments c JOIN community_posts p ON p.generation_id = c.generation_id WHERE c.id = $1";

/// Also updates the excerpt in its notifications.
const EDIT: &str = "
WITH edited AS (
  UPDATE comments SET content = $3, updated_at = $4 WHERE id = $1 AND user_id = $2 RETURNING id
), notification AS (
  UPDATE notifications n SET metadata = jsonb_set(n.metadata, '{excerpt}', to_jsonb($5::text))
    FROM edited e WHERE n.target_type = 'comment' AND n.target_id = e.id
)
SELECT id FROM edited";

pub(crate) const LOCK_POST: &str = "
SELECT p.generation_id FROM community_posts p JOIN comments c ON c.generation_id = p.generation_id
 WHERE c.id = $1 FOR NO KEY UPDATE OF p";

/// The foreign key deletes the replies.
pub(crate) const REMOVE: &str = "
WITH deleted AS (
  DELETE FROM comments WHERE id = $1 RETURNING generation_id, parent_id, reply_count
), counted AS (
  UPDATE community_posts p SET comment_count = p.comment_count - 1 - d.reply_count
    FROM deleted d WHERE p.generation_id = d.generation_id
), parent AS (
  UPDATE comments c SET reply_count = c.reply_count - 1 FROM deleted d WHERE c.id = d.parent_id
)
SELECT id FROM (SELECT $1::bigint AS id) comment WHERE EXISTS (SELECT FROM deleted)";

pub(crate) async fn add(store: &PgStore, comment: NewComment) -> Result<CommentOutcome, StorageError> {
    let excerpt = comment.content.excerpt();
    let parent = comment.parent.map(|parent| parent.0);
    let lock_values = vec![comment.image.0.into(), comment.user.0.into()];
    let values = vec![
        comment.image.0.into(),
        comment.user.0.into(),
        parent.into(),
        comment.content.into_string().into(),
        excerpt.into(),
        comment.now.into(),
    ];
    let lock = format!("{ACTOR_AND_POST} SELECT generation_id FROM post");
    let add = format!("{ACTOR_AND_POST}{ADD}");
    let row = required(run_locked(store, (&lock, lock_values), (&add, values)).await?)?;
    let id: Option<i64> = row.get("id")?;
    Ok(match id {
        Some(id) => CommentOutcome::Added(CommentId(id)),
        None if !row.get::<bool>("found")? => CommentOutcome::NoImage,
        None if !row.get::<bool>("parent_found")? => CommentOutcome::NoParent,
        None => CommentOutcome::TooDeep,
    })
}

pub(crate) async fn comment_access(
    store: &PgStore,
    comment: CommentId,
    viewer: UserId,
) -> Result<Option<CommentAccess>, StorageError> {
    let row = store
        .read_one(ACCESS, vec![comment.0.into(), viewer.0.into()])
        .await?;
    row.map(|row| {
        Ok(CommentAccess {
            author: UserId(row.get("user_id")?),
            visible: row.get("visible")?,
        })
    })
    .transpose()
}

pub(crate) async fn edit(
    store: &PgStore,
    comment: CommentId,
    author: UserId,
    content: CommentText,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let excerpt = content.excerpt();
    let values = vec![
        comment.0.into(),
        author.0.into(),
        content.into_string().into(),
        now.into(),
        excerpt.into(),
    ];
    run(store, EDIT, values).await.map(|row| row.is_some())
}

pub(crate) async fn remove(store: &PgStore, comment: CommentId) -> Result<bool, StorageError> {
    let id = || vec![comment.0.into()];
    let removed = run_locked(store, (LOCK_POST, id()), (REMOVE, id())).await?;
    Ok(removed.is_some())
}
