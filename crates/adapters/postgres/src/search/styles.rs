//! Styles by name or tag.

use domain::{
    StorageError, StyleId,
    page::PageSize,
    search::{FoundStyle, SEARCH_SCAN_LIMIT, SearchPattern, TAG_SCAN_LIMIT},
};
use sea_orm::QueryResult;

use crate::{PgStore, row::ReadRow};
use crate::{
    fields,
    search::{Sql, anywhere, beginning},
};

pub(crate) async fn find(
    store: &PgStore,
    text: &SearchPattern,
    most: PageSize,
) -> Result<Vec<FoundStyle>, StorageError> {
    let rows = statement(text, most).all(store).await?;
    rows.iter().map(style).collect()
}

/// What everybody may see.
const LISTED: &str = "m.is_active AND NOT m.is_flagged AND m.training_status = 'completed'";
const ORDER: &str = "m.usage_count DESC, m.created_at DESC, m.id DESC";
/// Accounts are looked up one by one (`OFFSET 0`), in the order of the styles and no more than the answer needs.
const OF_ACTIVE: &str =
    "CROSS JOIN LATERAL (SELECT u.username FROM users u WHERE u.id = m.artist_id AND u.is_active OFFSET 0) u";

/// The statement of a search. Tags that begin with the text come before those that have it elsewhere: the tag that is
/// the text itself is never left out.
pub(crate) fn statement(text: &SearchPattern, most: PageSize) -> Sql {
    let mut sql = Sql::default();
    let tag_begins = beginning(&mut sql, text)("t.name");
    let matches = anywhere(&mut sql, text);
    let (name, tag) = (matches("lower(m.name)"), matches("t.name"));
    let most = most.get();
    let walk = |rows: i64, further: &str, condition: &str| {
        format!(
            "
  SELECT m.id FROM (
    SELECT m.id, m.name, m.artist_id, m.usage_count, m.created_at FROM style_models m
     WHERE {LISTED}{further} ORDER BY {ORDER} LIMIT {rows}) m
   {OF_ACTIVE}
   WHERE {condition} ORDER BY {ORDER} LIMIT {most}"
        )
    };
    let walked_names = walk(SEARCH_SCAN_LIMIT, "", &name);
    // A count and no EXISTS, which would be turned into a join with all tags that match.
    let has_tag = format!(
        "(SELECT count(*) FROM style_tags s JOIN tags t ON t.id = s.tag_id WHERE s.style_id = m.id AND {tag}) > 0"
    );
    let too_many_tags = format!(
        "
       AND ((SELECT count(*) FROM tag) >= {SEARCH_SCAN_LIMIT} OR (SELECT count(*) FROM tagged) >= {SEARCH_SCAN_LIMIT})"
    );
    let walked_tags = walk(TAG_SCAN_LIMIT, &too_many_tags, &has_tag);
    sql.text(format!(
        "
WITH walked_names AS MATERIALIZED ({walked_names}
), named AS MATERIALIZED (
  SELECT m.id FROM style_models m
   WHERE (SELECT count(*) FROM walked_names) < {most} AND {name} AND {LISTED} LIMIT {SEARCH_SCAN_LIMIT}
), beginning AS MATERIALIZED (
  SELECT t.id FROM tags t WHERE t.is_of_style AND {tag_begins} ORDER BY t.name USING ~<~ LIMIT {SEARCH_SCAN_LIMIT}
), tag AS MATERIALIZED (
  SELECT id FROM beginning
   UNION ALL
  (SELECT t.id FROM tags t
    WHERE (SELECT count(*) FROM beginning) < {SEARCH_SCAN_LIMIT} AND t.is_of_style AND {tag}
      AND t.id NOT IN (SELECT id FROM beginning) LIMIT {SEARCH_SCAN_LIMIT})
), tagged AS MATERIALIZED (
  SELECT s.id FROM tag t
   CROSS JOIN LATERAL (
    SELECT s.style_id AS id FROM style_tags s
     CROSS JOIN LATERAL (SELECT FROM style_models m WHERE m.id = s.style_id AND {LISTED} OFFSET 0) m
     WHERE s.tag_id = t.id ORDER BY s.style_id DESC LIMIT {SEARCH_SCAN_LIMIT}) s
   LIMIT {SEARCH_SCAN_LIMIT}
), walked_tags AS MATERIALIZED ({walked_tags}
), found AS (
  SELECT id FROM walked_names UNION SELECT id FROM named UNION SELECT id FROM walked_tags
   UNION SELECT id FROM tagged WHERE (SELECT count(*) FROM walked_tags) < {most}
)
SELECT m.id, m.name, m.thumbnail_bucket, m.thumbnail_key, m.artist_id, u.username AS artist_username, a.artist_name,
       m.usage_count, {name} AS by_name
  FROM (SELECT m.* FROM found f
         CROSS JOIN LATERAL (
          SELECT m.id, m.name, m.thumbnail_bucket, m.thumbnail_key, m.artist_id, m.usage_count, m.created_at
            FROM style_models m WHERE m.id = f.id AND {LISTED} OFFSET 0) m
         ORDER BY {ORDER}) m
  {OF_ACTIVE}
 CROSS JOIN LATERAL (SELECT a.artist_name FROM artists a WHERE a.user_id = m.artist_id OFFSET 0) a
 ORDER BY {ORDER} LIMIT {most}"
    ))
}

fn style(row: &QueryResult) -> Result<FoundStyle, StorageError> {
    Ok(FoundStyle {
        id: StyleId(row.get("id")?),
        name: row.get("name")?,
        thumbnail: row.optional_object("thumbnail_bucket", "thumbnail_key")?,
        artist: fields::artist(row)?,
        by_name: row.get("by_name")?,
        usage_count: row.get("usage_count")?,
    })
}
