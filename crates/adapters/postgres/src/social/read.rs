//! Reads of comments, each with its first replies, in one statement.

use async_trait::async_trait;
use domain::{
    CommentId, GenerationId, StorageError, UserId,
    page::{Page, PageRequest, Position},
    social::{Comment, CommentText, CommentView, CommunityQueries, REPLY_PREVIEW},
};
use sea_orm::QueryResult;

use crate::{PgStore, row::ReadRow};
use crate::{fields, keyset::Keyset, sql::Sql};

pub(crate) const CAN_VIEW_IMAGE: &str = "
SELECT true AS seen FROM generation_requests g JOIN generated_images i ON i.generation_id = g.id
 WHERE g.id = $1 AND (i.is_public OR g.user_id = $2)";

const COMMENT: &str =
    "c.id, c.generation_id, c.user_id, c.parent_id, c.content, c.reply_count, c.created_at, c.updated_at";

#[async_trait]
impl CommunityQueries for PgStore {
    async fn can_view_image(
        &self,
        image: GenerationId,
        viewer: Option<UserId>,
    ) -> Result<bool, StorageError> {
        let viewer = viewer.map(|viewer| viewer.0);
        let row = Sql::new(CAN_VIEW_IMAGE, [image.0.into(), viewer.into()])
            .one(self)
            .await?;
        Ok(row.is_some())
    }

    async fn comments(
        &self,
        image: GenerationId,
        parent: Option<CommentId>,
        page: PageRequest,
    ) -> Result<Page<CommentView>, StorageError> {
        let rows = page_statement(image, parent, page).all(self).await?;
        Ok(Page::of(grouped(&rows)?, page.size, |view| {
            Position::at(view.comment.created_at, view.comment.id.0)
        }))
    }

    async fn comment(&self, comment: CommentId) -> Result<Option<CommentView>, StorageError> {
        let rows = comment_sql(comment).all(self).await?;
        Ok(grouped(&rows)?.pop())
    }
}

pub(crate) fn comment_sql(comment: CommentId) -> Sql {
    let selected = format!("SELECT {COMMENT} FROM comments c WHERE c.id = $1");
    Sql::new(with_replies(&selected), [comment.0.into()])
}

pub(crate) fn page_statement(image: GenerationId, parent: Option<CommentId>, page: PageRequest) -> Sql {
    let mut sql = Sql::new("", [image.0.into()]);
    let level = match parent {
        None => "c.parent_id IS NULL".to_owned(),
        Some(parent) => format!("c.parent_id = {}", sql.bind(parent.0)),
    };
    let keyset = Keyset::newest("created_at", "id");
    let after = keyset.after(&mut sql, "c", page.after);
    let selected = format!(
        "SELECT {COMMENT} FROM comments c WHERE c.generation_id = $1 AND {level}{after}
   ORDER BY {order} LIMIT {limit}",
        order = keyset.order("c"),
        limit = page.size.fetch(),
    );
    sql.text(with_replies(&selected))
}

/// One row for each selected comment, and one for each of its first replies.
fn with_replies(selected: &str) -> String {
    format!(
        "
WITH page AS (
  {selected}
), listed AS (
  SELECT {COMMENT}, c.id AS root, c.created_at AS root_at FROM page c
  UNION ALL
  SELECT c.*, page.id, page.created_at FROM page
   CROSS JOIN LATERAL (SELECT {COMMENT} FROM comments c
                        WHERE c.generation_id = page.generation_id AND c.parent_id = page.id
                        ORDER BY c.created_at, c.id LIMIT {REPLY_PREVIEW}) c
   WHERE page.reply_count > 0
)
SELECT c.id, c.generation_id, c.user_id, u.username, f.profile_image_bucket, f.profile_image_key, c.parent_id, c.content,
       c.reply_count, c.created_at, c.updated_at, c.id = c.root AS is_root
  FROM listed c
  JOIN users u ON u.id = c.user_id
  JOIN user_profiles f ON f.user_id = c.user_id
 ORDER BY c.root_at DESC, c.root DESC, is_root DESC, c.created_at, c.id"
    )
}

/// The rows of each comment's replies follow its own.
fn grouped(rows: &[QueryResult]) -> Result<Vec<CommentView>, StorageError> {
    let mut comments: Vec<CommentView> = Vec::new();
    for row in rows {
        let comment = comment(row)?;
        if row.get("is_root")? {
            comments.push(comment);
        } else if let Some(root) = comments.last_mut() {
            root.replies.push(comment);
        }
    }
    Ok(comments)
}

fn comment(row: &QueryResult) -> Result<CommentView, StorageError> {
    Ok(CommentView {
        comment: Comment {
            id: CommentId(row.get("id")?),
            post_id: GenerationId(row.get("generation_id")?),
            user_id: UserId(row.get("user_id")?),
            parent_id: row.get::<Option<i64>>("parent_id")?.map(CommentId),
            content: CommentText::from_stored(row.get("content")?),
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        },
        user: fields::named(row, "user_id", "username")?,
        user_image: row.optional_object("profile_image_bucket", "profile_image_key")?,
        replies: Vec::new(),
        reply_count: row.get("reply_count")?,
    })
}
