//! The feed: public images, read from their posts. Images of deactivated accounts stay in it.

use domain::{
    GenerationId, StorageError, StyleId, UserId,
    generations::{FeedFilter, FeedItem, PromptTags},
    page::{Page, PageRequest, Position, Sort},
    social::CommunityPost,
};
use sea_orm::QueryResult;

use super::entity::caption;
use crate::{PgStore, row::ReadRow};
use crate::{
    fields,
    keyset::{Keyset, WINDOW},
    sql::Sql,
    styles::tags,
};

/// Columns of a selected post.
const POST: &str =
    "p.generation_id, p.user_id, p.style_id, p.tag_ids, p.like_count, p.comment_count, p.created_at";

pub(crate) async fn list(
    store: &PgStore,
    filter: &FeedFilter,
    viewer: Option<UserId>,
    page: PageRequest,
) -> Result<Page<FeedItem>, StorageError> {
    let tags = if filter.tags.is_empty() {
        Vec::new()
    } else {
        match tags::ids(store, &filter.tags).await? {
            Some(tags) => tags,
            None => {
                return Ok(Page {
                    rows: Vec::new(),
                    next: None,
                });
            }
        }
    };
    let rows = statement(filter, tags, viewer, page).all(store).await?;
    let items = rows.iter().map(item).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(items, page.size, |item| Position {
        count: (filter.sort == Sort::Popular).then_some(item.post.like_count),
        time: item.post.created_at,
        id: item.post.id.0,
    }))
}

/// `tags` are the ids of the filter's tags.
pub(crate) fn statement(
    filter: &FeedFilter,
    tags: Vec<i64>,
    viewer: Option<UserId>,
    page: PageRequest,
) -> Sql {
    let mut sql = Sql::new("", [viewer.map(|viewer| viewer.0).into()]);
    let selection = Selection::of(&mut sql, filter, page);
    let selected = if tags.is_empty() {
        selection.untagged()
    } else {
        let tags = sql.bind(tags);
        selection.tagged(&tags)
    };
    sql.text(format!(
        "
WITH {selected}
SELECT p.generation_id, p.user_id, p.style_id, p.created_at, u.username, f.profile_image_bucket, f.profile_image_key,
       m.name AS style_name, g.description, g.prompt_tags, {image}
  FROM page p
  JOIN generation_requests g ON g.id = p.generation_id
  JOIN generated_images i ON i.generation_id = p.generation_id
  JOIN users u ON u.id = p.user_id
  JOIN user_profiles f ON f.user_id = p.user_id
  JOIN style_models m ON m.id = p.style_id
 ORDER BY {order}",
        image = fields::image_columns("$1"),
        order = selection.order,
    ))
}

/// How the posts of a page are selected.
struct Selection {
    /// The table, or a subquery with the newest posts of the filter.
    source: String,
    /// The remaining conditions, including the cursor.
    condition: String,
    order: String,
    limit: i64,
}

impl Selection {
    fn of(sql: &mut Sql, filter: &FeedFilter, page: PageRequest) -> Self {
        let keyset = Keyset::sorted(filter.sort, "like_count", "created_at", "generation_id");
        let mut filters = vec!["p.visible".to_owned()];
        filters.extend(
            filter
                .user
                .map(|user| format!("p.user_id = {}", sql.bind(user.0))),
        );
        filters.extend(
            filter
                .style
                .map(|style| format!("p.style_id = {}", sql.bind(style.0))),
        );
        let filters = filters.join(" AND ");
        let after = keyset.after(sql, "p", page.after);
        let (source, condition) = if filter.user.is_some() && filter.sort == Sort::Popular {
            // A user's posts have no index by likes: the newest ones are read and sorted.
            let newest = Keyset::newest("created_at", "generation_id").order("p");
            let window =
                format!("(SELECT * FROM community_posts p WHERE {filters} ORDER BY {newest} LIMIT {WINDOW})");
            (window, format!("true{after}"))
        } else {
            ("community_posts".to_owned(), format!("{filters}{after}"))
        };
        Self {
            source,
            condition,
            order: keyset.order("p"),
            limit: page.size.fetch(),
        }
    }

    /// Scans the index of the order.
    fn untagged(&self) -> String {
        let Self {
            source,
            condition,
            order,
            limit,
        } = self;
        format!(
            "page AS (
  SELECT {POST} FROM {source} p
   WHERE {condition} ORDER BY {order} LIMIT {limit}
)"
        )
    }

    /// A scan along the index of the order finds common tags fast (`scanned`). When that does not fill the page, few
    /// posts have the tags, and the index of tags finds them all (`matching`).
    fn tagged(&self, tags: &str) -> String {
        let Self {
            source,
            condition,
            order,
            limit,
        } = self;
        format!(
            "scanned AS MATERIALIZED (
  SELECT {POST} FROM (SELECT * FROM {source} p WHERE {condition} ORDER BY {order} LIMIT {WINDOW}) p
   WHERE p.tag_ids @> {tags} ORDER BY {order} LIMIT {limit}
), matching AS MATERIALIZED (
  SELECT {POST} FROM {source} p
   WHERE {condition} AND p.tag_ids @> {tags} AND (SELECT count(*) FROM scanned) < {limit}
), candidates AS (
  SELECT * FROM scanned WHERE (SELECT count(*) FROM scanned) >= {limit}
  UNION ALL
  SELECT * FROM matching
), page AS (
  SELECT {POST} FROM (SELECT * FROM candidates p ORDER BY {order}) p
   ORDER BY {order} LIMIT {limit}
)"
        )
    }
}

fn item(row: &QueryResult) -> Result<FeedItem, StorageError> {
    Ok(FeedItem {
        post: CommunityPost {
            id: GenerationId(row.get("generation_id")?),
            user_id: UserId(row.get("user_id")?),
            style_id: StyleId(row.get("style_id")?),
            like_count: row.get("like_count")?,
            comment_count: row.get("comment_count")?,
            created_at: row.get("created_at")?,
        },
        username: row.get("username")?,
        user_image: row.optional_object("profile_image_bucket", "profile_image_key")?,
        style_name: row.get("style_name")?,
        object: row.object("bucket", "object_key")?,
        caption: caption(row)?,
        prompt: PromptTags::from_stored(row.get("prompt_tags")?),
        is_liked: row.get("is_liked")?,
    })
}
