//! Likes and comments.
//!
//! Writes lock the acting user, against a concurrent erasure, and then the post, so that writes to the same image run
//! one after another and its counters are exact. A like is one statement in autocommit. Comments are added and deleted
//! by a second statement after the lock, in one transaction: it must see what others committed while it waited, above
//! all the replies that are deleted with a comment.

mod comments;
pub(crate) mod entity;
mod likes;
pub(crate) mod read;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    CommentId, GenerationId, StorageError, UserId,
    social::{CommentAccess, CommentOutcome, CommentText, Community, LikeOutcome, NewComment, PostLike},
};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use crate::{
    error::{is_aborted, storage_error, violated_constraint},
    pool::{PgStore, statement},
};

/// The acting user, if active, and the post, if the user can see it.
const ACTOR_AND_POST: &str = "
WITH actor AS (
  SELECT id FROM users WHERE id = $2 AND is_active FOR KEY SHARE
), post AS (
  SELECT p.generation_id, p.user_id FROM community_posts p, actor a
   WHERE p.generation_id = $1 AND (p.visible OR p.user_id = a.id) FOR NO KEY UPDATE OF p
)";

const PREPARE_POST: &str = "
INSERT INTO community_posts (generation_id, user_id, style_id, visible, published, created_at)
SELECT g.id, g.user_id, g.style_id, false, false, $3
  FROM generation_requests g JOIN generated_images i ON i.generation_id = g.id
 WHERE g.id = $1 AND g.user_id = $2 AND NOT i.is_public
ON CONFLICT (generation_id) DO NOTHING";

#[async_trait]
impl Community for PgStore {
    async fn like(&self, like: PostLike) -> Result<LikeOutcome, StorageError> {
        likes::like(self, like).await
    }

    async fn unlike(&self, image: GenerationId, user: UserId) -> Result<bool, StorageError> {
        likes::unlike(self, image, user).await
    }

    async fn comment(&self, comment: NewComment) -> Result<CommentOutcome, StorageError> {
        comments::add(self, comment).await
    }

    async fn prepare_post(
        &self,
        image: GenerationId,
        owner: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let values = vec![image.0.into(), owner.0.into(), now.into()];
        run(self, PREPARE_POST, values).await.map(drop)
    }

    async fn comment_access(
        &self,
        comment: CommentId,
        viewer: UserId,
    ) -> Result<Option<CommentAccess>, StorageError> {
        comments::comment_access(self, comment, viewer).await
    }

    async fn edit(
        &self,
        comment: CommentId,
        author: UserId,
        content: CommentText,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError> {
        comments::edit(self, comment, author, content, now).await
    }

    async fn remove(&self, comment: CommentId) -> Result<bool, StorageError> {
        comments::remove(self, comment).await
    }
}

fn is_foreign_key_violation(error: &DbErr) -> bool {
    violated_constraint(error).is_some_and(|name| name.starts_with("fk_"))
}

/// Runs a guarded write. After a foreign key violation, the image, the user or the comment was deleted concurrently:
/// nothing was written, and a retry reports what is missing.
async fn run(store: &PgStore, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, StorageError> {
    match store.write_guarded(sql, values.clone()).await {
        Err(error) if is_foreign_key_violation(&error) => store.write_one(sql, values).await,
        result => result,
    }
    .map_err(storage_error)
}

/// Runs `lock` and then `sql`, which sees what others committed while the lock waited. Retries once when the
/// transaction was aborted or something was deleted concurrently.
async fn run_locked(
    store: &PgStore,
    (lock, lock_values): (&str, Vec<Value>),
    (sql, values): (&str, Vec<Value>),
) -> Result<Option<QueryResult>, StorageError> {
    let attempt = async || {
        let transaction = store.db().begin().await?;
        transaction
            .query_one_raw(statement(lock, lock_values.clone()))
            .await?;
        let row = transaction.query_one_raw(statement(sql, values.clone())).await?;
        transaction.commit().await?;
        Ok::<_, DbErr>(row)
    };
    match attempt().await {
        Err(error) if is_aborted(&error) || is_foreign_key_violation(&error) => attempt().await,
        result => result,
    }
    .map_err(storage_error)
}

/// All writes with the number of their values, for the plan tests.
#[cfg(test)]
pub(crate) fn statements() -> [(&'static str, String, usize); 6] {
    [
        ("like", format!("{ACTOR_AND_POST}{}", likes::LIKE), 3),
        ("unlike", format!("{ACTOR_AND_POST}{}", likes::UNLIKE), 2),
        ("add a comment", format!("{ACTOR_AND_POST}{}", comments::ADD), 6),
        ("read access to a comment", comments::ACCESS.to_owned(), 2),
        ("lock a comment's post", comments::LOCK_POST.to_owned(), 1),
        ("remove a comment", comments::REMOVE.to_owned(), 1),
    ]
}
