//! The feed: public images, read from their posts. Images of deactivated accounts stay in it.

use domain::{
    GenerationId, StorageError, StyleId, UserId,
    generations::{FeedFilter, FeedItem, PromptTags},
    page::{Page, PageRequest, Position, Sort},
    social::CommunityPost,
};
use sea_orm::QueryResult;

use crate::{PgStore, row::ReadRow};
use crate::{
    fields,
    keyset::{Keyset, WINDOW},
    sql::Sql,
    styles::tags,
};

/// Columns of a post that the page is chosen by.
const POST: &str =
    "p.generation_id, p.user_id, p.style_id, p.tag_ids, p.like_count, p.comment_count, p.created_at";

/// A page of the feed.
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

/// The statement of a page; `tags` are the filter's.
pub(crate) fn statement(
    filter: &FeedFilter,
    tags: Vec<i64>,
    viewer: Option<UserId>,
    page: PageRequest,
) -> Sql {
    let mut sql = Sql::new("", [viewer.map(|viewer| viewer.0).into()]);
    let choice = Choice::of(&mut sql, filter, page);
    let chosen = if tags.is_empty() {
        choice.untagged()
    } else {
        let tags = sql.bind(tags);
        choice.tagged(&tags)
    };
    sql.text(format!(
        "
WITH {chosen}
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
        order = choice.order,
    ))
}

/// How the posts of a page are chosen.
struct Choice {
    /// Where posts come from, already limited to the filter's person and style.
    source: String,
    /// What they must fulfil besides: to come after the cursor.
    condition: String,
    order: String,
    limit: i64,
}

impl Choice {
    fn of(sql: &mut Sql, filter: &FeedFilter, page: PageRequest) -> Self {
        let keyset = Keyset::sorted(filter.sort, "like_count", "created_at", "generation_id");
        let mut of = vec!["p.visible".to_owned()];
        of.extend(
            filter
                .user
                .map(|user| format!("p.user_id = {}", sql.bind(user.0))),
        );
        of.extend(
            filter
                .style
                .map(|style| format!("p.style_id = {}", sql.bind(style.0))),
        );
        let of = of.join(" AND ");
        let after = keyset.after(sql, "p", page.after);
        let (source, condition) = if filter.user.is_some() && filter.sort == Sort::Popular {
            // One person's posts have no index by likes: their newest ones are read and sorted.
            let newest = Keyset::newest("created_at", "generation_id").order("p");
            let window =
                format!("(SELECT * FROM community_posts p WHERE {of} ORDER BY {newest} LIMIT {WINDOW})");
            (window, format!("true{after}"))
        } else {
            ("community_posts".to_owned(), format!("{of}{after}"))
        };
        Self {
            source,
            condition,
            order: keyset.order("p"),
            limit: page.size.fetch(),
        }
    }

    /// The first posts along the index of the order.
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

    /// Posts with common tags are soon found along the index of the order (`near`). When that does not fill the page,
    /// few posts have the tags, and the index of tags finds them all (`matching`).
    fn tagged(&self, tags: &str) -> String {
        let Self {
            source,
            condition,
            order,
            limit,
        } = self;
        format!(
            "near AS MATERIALIZED (
  SELECT {POST} FROM (SELECT * FROM {source} p WHERE {condition} ORDER BY {order} LIMIT {WINDOW}) p
   WHERE p.tag_ids @> {tags} ORDER BY {order} LIMIT {limit}
), matching AS MATERIALIZED (
  SELECT {POST} FROM {source} p
   WHERE {condition} AND p.tag_ids @> {tags} AND (SELECT count(*) FROM near) < {limit}
), candidates AS (
  SELECT * FROM near WHERE (SELECT count(*) FROM near) >= {limit}
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
        caption: fields::caption(row)?,
        prompt: PromptTags::from_stored(row.get("prompt_tags")?),
        is_liked: row.get("is_liked")?,
    })
}
