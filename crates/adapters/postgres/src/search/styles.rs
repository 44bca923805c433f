//! Search of styles by name or tag.

use domain::{
    StorageError, StyleId,
    page::PageSize,
    search::{FoundStyle, SEARCH_SCAN_LIMIT, SearchPattern, TAG_SCAN_LIMIT},
};
use sea_orm::QueryResult;

use crate::search::{Sql, anywhere, beginning};
use crate::styles::entity::artist;
use crate::{PgStore, row::ReadRow};

pub(crate) async fn find(
    store: &PgStore,
    text: &SearchPattern,
    limit: PageSize,
) -> Result<Vec<FoundStyle>, StorageError> {
    let rows = statement(text, limit).all(store).await?;
    rows.iter().map(style).collect()
}

/// Public styles.
const LISTED: &str = "m.is_active AND NOT m.is_flagged AND m.training_status = 'completed'";
const ORDER: &str = "m.usage_count DESC, m.created_at DESC, m.id DESC";
/// `OFFSET 0` makes the planner look up accounts one by one, in the order of the styles and only as many as it needs.
const ACTIVE_ARTIST: &str =
    "CROSS JOIN LATERAL (SELECT u.username FROM users u WHERE u.id = m.artist_id AND u.is_active OFFSET 0) u";

/// Tags that begin with the text come before other matching tags, so that the tag that equals the text is always among
/// them.
pub(crate) fn statement(text: &SearchPattern, limit: PageSize) -> Sql {
    let mut sql = Sql::default();
    let tag_prefix = beginning(&mut sql, text)("t.name");
    let matches = anywhere(&mut sql, text);
    let (name, tag) = (matches("lower(m.name)"), matches("t.name"));
    let limit = limit.get();
    let scan = |rows: i64, extra: &str, condition: &str| {
        format!(
            "
  SELECT m.id FROM (
    SELECT m.id, m.name, m.artist_id, m.usage_count, m.created_at FROM style_models m
     WHERE {LISTED}{extra} ORDER BY {ORDER} LIMIT {rows}) m
   {ACTIVE_ARTIST}
   WHERE {condition} ORDER BY {ORDER} LIMIT {limit}"
        )
    };
    let scanned_names = scan(SEARCH_SCAN_LIMIT, "", &name);
    // A count instead of EXISTS, which the planner would turn into a join with all matching tags.
    let has_tag = format!(
        "(SELECT count(*) FROM style_tags s JOIN tags t ON t.id = s.tag_id WHERE s.style_id = m.id AND {tag}) > 0"
    );
    let too_many_tags = format!(
        "
       AND ((SELECT count(*) FROM matching_tags) >= {SEARCH_SCAN_LIMIT} OR (SELECT count(*) FROM tagged) >= {SEARCH_SCAN_LIMIT})"
    );
    let scanned_tags = scan(TAG_SCAN_LIMIT, &too_many_tags, &has_tag);
    sql.text(format!(
        "
WITH scanned_names AS MATERIALIZED ({scanned_names}
), name_matches AS MATERIALIZED (
  SELECT m.id FROM style_models m
   WHERE (SELECT count(*) FROM scanned_names) < {limit} AND {name} AND {LISTED} LIMIT {SEARCH_SCAN_LIMIT}
), prefix_tags AS MATERIALIZED (
  SELECT t.id FROM tags t WHERE t.is_of_style AND {tag_prefix} ORDER BY t.name USING ~<~ LIMIT {SEARCH_SCAN_LIMIT}
), matching_tags AS MATERIALIZED (
  SELECT id FROM prefix_tags
   UNION ALL
  (SELECT t.id FROM tags t
    WHERE (SELECT count(*) FROM prefix_tags) < {SEARCH_SCAN_LIMIT} AND t.is_of_style AND {tag}
      AND t.id NOT IN (SELECT id FROM prefix_tags) LIMIT {SEARCH_SCAN_LIMIT})
), tagged AS MATERIALIZED (
  SELECT s.id FROM matching_tags t
   CROSS JOIN LATERAL (
    SELECT s.style_id AS id FROM style_tags s
     CROSS JOIN LATERAL (SELECT FROM style_models m WHERE m.id = s.style_id AND {LISTED} OFFSET 0) m
     WHERE s.tag_id = t.id ORDER BY s.style_id DESC LIMIT {SEARCH_SCAN_LIMIT}) s
   LIMIT {SEARCH_SCAN_LIMIT}
), scanned_tags AS MATERIALIZED ({scanned_tags}
), found AS (
  SELECT id FROM scanned_names UNION SELECT id FROM name_matches UNION SELECT id FROM scanned_tags
   UNION SELECT id FROM tagged WHERE (SELECT count(*) FROM scanned_tags) < {limit}
)
SELECT m.id, m.name, m.thumbnail_bucket, m.thumbnail_key, m.artist_id, u.username AS artist_username, a.artist_name,
       m.usage_count, {name} AS by_name
  FROM (SELECT m.* FROM found f
         CROSS JOIN LATERAL (
          SELECT m.id, m.name, m.thumbnail_bucket, m.thumbnail_key, m.artist_id, m.usage_count, m.created_at
            FROM style_models m WHERE m.id = f.id AND {LISTED} OFFSET 0) m
         ORDER BY {ORDER}) m
  {ACTIVE_ARTIST}
 CROSS JOIN LATERAL (SELECT a.artist_name FROM artists a WHERE a.user_id = m.artist_id OFFSET 0) a
 ORDER BY {ORDER} LIMIT {limit}"
    ))
}

fn style(row: &QueryResult) -> Result<FoundStyle, StorageError> {
    Ok(FoundStyle {
        id: StyleId(row.get("id")?),
        name: row.get("name")?,
        thumbnail: row.optional_object("thumbnail_bucket", "thumbnail_key")?,
        artist: artist(row)?,
        by_name: row.get("by_name")?,
        usage_count: row.get("usage_count")?,
    })
}
