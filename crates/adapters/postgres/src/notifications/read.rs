//! Reads of notifications with their targets, in one statement.

use async_trait::async_trait;
use domain::{
    GenerationId, NotificationId, StorageError, UserId,
    notifications::{
        Notification, NotificationKind, NotificationQueries, NotificationView, TargetKind, TargetView,
        UNREAD_COUNT_LIMIT,
    },
    page::{Page, PageRequest, Position},
};
use sea_orm::QueryResult;

use crate::{PgStore, row::ReadRow};
use crate::{fields, keyset::Keyset, sql::Sql};

#[async_trait]
impl NotificationQueries for PgStore {
    async fn notifications(
        &self,
        user: UserId,
        unread_only: bool,
        page: PageRequest,
    ) -> Result<Page<NotificationView>, StorageError> {
        let rows = statement(user, unread_only, page).all(self).await?;
        let views = rows.iter().map(view).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::of(views, page.size, |view| {
            Position::at(view.notification.created_at, view.notification.id.0)
        }))
    }

    async fn unread_count(&self, user: UserId) -> Result<i64, StorageError> {
        let row = unread_sql(user).one(self).await?;
        row.map_or(Ok(0), |row| row.get("unread"))
    }
}

pub(crate) fn unread_sql(user: UserId) -> Sql {
    let text = format!(
        "SELECT count(*) AS unread
  FROM (SELECT FROM notifications WHERE user_id = $1 AND NOT is_read LIMIT {UNREAD_COUNT_LIMIT}) n"
    );
    Sql::new(text, [user.0.into()])
}

/// Targets are looked up by key, and only for the rows of the page. Deactivated users, deleted comments and deleted
/// generations are absent.
pub(crate) fn statement(user: UserId, unread_only: bool, page: PageRequest) -> Sql {
    let mut sql = Sql::new("", [user.0.into()]);
    let keyset = Keyset::newest("created_at", "id");
    let after = keyset.after(&mut sql, "n", page.after);
    let unread = if unread_only { " AND NOT n.is_read" } else { "" };
    sql.text(format!(
        "
WITH page AS (
  SELECT n.* FROM notifications n WHERE n.user_id = $1{unread}{after}
   ORDER BY {order} LIMIT {limit}
)
SELECT n.id, n.user_id AS recipient_id, n.actor_id AS caused_by, n.type, n.target_type, n.target_id, n.metadata, n.is_read, n.created_at,
       a.id AS actor_id, a.username AS actor_name, a.profile_image_bucket AS actor_bucket,
       a.profile_image_key AS actor_key,
       t.id AS user_id, t.username, t.profile_image_bucket, t.profile_image_key,
       c.id AS comment_id, c.generation_id AS comment_generation, c.content,
       g.id AS generation_id, i.bucket, i.object_key,
       m.id AS style_id, m.name AS style_name, m.thumbnail_bucket, m.thumbnail_key
  FROM page n
  LEFT JOIN LATERAL ({actor}) a ON true
  LEFT JOIN LATERAL ({target}) t ON n.target_type = 'user'
  LEFT JOIN (comments c JOIN community_posts p ON p.generation_id = c.generation_id)
    ON n.target_type = 'comment' AND c.id = n.target_id AND (p.visible OR p.user_id = $1)
  LEFT JOIN generation_requests g ON n.target_type = 'generation' AND g.id = n.target_id
  LEFT JOIN generated_images i ON i.generation_id = g.id
  LEFT JOIN style_models m ON m.id = CASE n.target_type WHEN 'style' THEN n.target_id ELSE g.style_id END
 ORDER BY {order}",
        order = keyset.order("n"),
        limit = page.size.fetch(),
        actor = account("u.id = n.actor_id"),
        target = account("u.id = n.target_id AND u.is_active"),
    ))
}

/// The account that fulfills `condition`. `OFFSET 0` makes the planner look it up for each row; for a join it may scan
/// all accounts.
fn account(condition: &str) -> String {
    format!(
        "SELECT u.id, u.username, f.profile_image_bucket, f.profile_image_key
               FROM users u JOIN user_profiles f ON f.user_id = u.id WHERE {condition} OFFSET 0"
    )
}

fn view(row: &QueryResult) -> Result<NotificationView, StorageError> {
    let target_kind = row.parsed("target_type", TargetKind::parse)?;
    let target = target(row, target_kind)?;
    // Hides the excerpt of a comment that is deleted or not visible to the viewer.
    let metadata = match (target_kind, &target) {
        (TargetKind::Comment, None) => None,
        _ => row.get("metadata")?,
    };
    Ok(NotificationView {
        notification: Notification {
            id: NotificationId(row.get("id")?),
            user_id: UserId(row.get("recipient_id")?),
            actor_id: row.get::<Option<i64>>("caused_by")?.map(UserId),
            kind: row.parsed("type", NotificationKind::parse)?,
            target_kind,
            target_id: row.get("target_id")?,
            is_read: row.get("is_read")?,
            created_at: row.get("created_at")?,
        },
        actor: fields::optional_named(row, "actor_id", "actor_name")?,
        actor_image: row.optional_object("actor_bucket", "actor_key")?,
        target,
        metadata,
    })
}

fn target(row: &QueryResult, kind: TargetKind) -> Result<Option<TargetView>, StorageError> {
    let style = fields::optional_named(row, "style_id", "style_name")?;
    Ok(match kind {
        TargetKind::User => match fields::optional_named(row, "user_id", "username")? {
            Some(user) => Some(TargetView::User {
                user,
                image: row.optional_object("profile_image_bucket", "profile_image_key")?,
            }),
            None => None,
        },
        TargetKind::Style => match style {
            Some(style) => Some(TargetView::Style {
                style,
                thumbnail: row.optional_object("thumbnail_bucket", "thumbnail_key")?,
            }),
            None => None,
        },
        TargetKind::Generation => match (row.get::<Option<i64>>("generation_id")?, style) {
            (Some(id), Some(style)) => Some(TargetView::Generation {
                id: GenerationId(id),
                style,
                image: row.optional_object("bucket", "object_key")?,
            }),
            _ => None,
        },
        TargetKind::Comment => match row.get::<Option<i64>>("comment_id")? {
            Some(id) => Some(TargetView::Comment {
                id,
                generation: GenerationId(row.get("comment_generation")?),
                content: row.get("content")?,
            }),
            None => None,
        },
    })
}
