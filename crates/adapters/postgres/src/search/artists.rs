//! Search of artists by artist name or username.

use domain::{
    StorageError,
    page::PageSize,
    search::{FoundArtist, SEARCH_SCAN_LIMIT, SearchPattern},
};
use sea_orm::QueryResult;

use crate::{PgStore, row::ReadRow};
use crate::{
    fields,
    search::{Sql, anywhere},
};

pub(crate) async fn find(
    store: &PgStore,
    text: &SearchPattern,
    limit: PageSize,
) -> Result<Vec<FoundArtist>, StorageError> {
    let rows = statement(text, limit).all(store).await?;
    rows.iter().map(artist).collect()
}

const ORDER: &str = "a.follower_count DESC, a.created_at DESC, a.user_id DESC";

pub(crate) fn statement(text: &SearchPattern, limit: PageSize) -> Sql {
    let mut sql = Sql::default();
    let matches = anywhere(&mut sql, text);
    let (artist_name, username) = (matches("lower(a.artist_name)"), matches("lower(u.username)"));
    let limit = limit.get();
    let not_full = format!("(SELECT count(*) FROM scanned) < {limit}");
    sql.text(format!(
        "
WITH scanned AS MATERIALIZED (
  SELECT a.user_id AS id FROM (
    SELECT a.user_id, a.artist_name, a.follower_count, a.created_at FROM artists a ORDER BY {ORDER} LIMIT {SEARCH_SCAN_LIMIT}) a
   CROSS JOIN LATERAL (SELECT u.username FROM users u WHERE u.id = a.user_id AND u.is_active OFFSET 0) u
   WHERE ({artist_name}) OR ({username})
   ORDER BY {ORDER} LIMIT {limit}
), name_matches AS MATERIALIZED (
  SELECT a.user_id AS id FROM artists a WHERE {not_full} AND {artist_name} LIMIT {SEARCH_SCAN_LIMIT}
), username_matches AS MATERIALIZED (
  SELECT u.id FROM users u WHERE {not_full} AND u.is_artist AND {username} LIMIT {SEARCH_SCAN_LIMIT}
), found AS (
  SELECT id FROM scanned UNION SELECT id FROM name_matches UNION SELECT id FROM username_matches
)
SELECT a.user_id AS id, u.username, a.artist_name, p.profile_image_bucket, p.profile_image_key, a.follower_count,
       {artist_name} AS by_artist_name
  FROM (SELECT a.* FROM found f
         CROSS JOIN LATERAL (
          SELECT a.user_id, a.artist_name, a.follower_count, a.created_at
            FROM artists a WHERE a.user_id = f.id OFFSET 0) a
         ORDER BY {ORDER}) a
 CROSS JOIN LATERAL (SELECT u.username FROM users u WHERE u.id = a.user_id AND u.is_active OFFSET 0) u
 CROSS JOIN LATERAL (
  SELECT p.profile_image_bucket, p.profile_image_key FROM user_profiles p WHERE p.user_id = a.user_id OFFSET 0) p
 ORDER BY {ORDER} LIMIT {limit}"
    ))
}

fn artist(row: &QueryResult) -> Result<FoundArtist, StorageError> {
    Ok(FoundArtist {
        user: fields::named(row, "id", "username")?,
        artist_name: row.get("artist_name")?,
        image: row.optional_object("profile_image_bucket", "profile_image_key")?,
        follower_count: row.get("follower_count")?,
        by_artist_name: row.get("by_artist_name")?,
    })
}
