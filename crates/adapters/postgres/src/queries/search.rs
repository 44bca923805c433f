//! Search in names and tags, by their trigrams, or by their beginning when the text has none.

use async_trait::async_trait;
use domain::{
    StyleId,
    page::PageSize,
    ports::{
        StorageError,
        queries::{FoundArtist, FoundStyle, SearchQueries},
    },
    search::SearchPattern,
};
use sea_orm::QueryResult;

use super::{WINDOW, fields, sql::Sql};
use crate::{PgStore, row::ReadRow};

#[async_trait]
impl SearchQueries for PgStore {
    async fn find_styles(
        &self,
        text: &SearchPattern,
        most: PageSize,
    ) -> Result<Vec<FoundStyle>, StorageError> {
        let rows = styles_statement(text, most).all(self).await?;
        rows.iter().map(style).collect()
    }

    async fn find_artists(
        &self,
        text: &SearchPattern,
        most: PageSize,
    ) -> Result<Vec<FoundArtist>, StorageError> {
        let rows = artists_statement(text, most).all(self).await?;
        rows.iter().map(artist).collect()
    }
}

/// Makes the condition that a column matches. The beginning is a range, which an index serves also when the plan is made
/// for any text.
fn matching(sql: &mut Sql, text: &SearchPattern) -> impl Fn(&str) -> String + use<> {
    let names = match text {
        SearchPattern::Anywhere(pattern) => [sql.bind(pattern.clone()), String::new()],
        SearchPattern::Beginning(from, to) => [sql.bind(from.clone()), sql.bind(to.clone())],
    };
    let anywhere = matches!(text, SearchPattern::Anywhere(_));
    move |column: &str| {
        let [first, second] = &names;
        if anywhere {
            format!("{column} LIKE {first}")
        } else {
            format!("({column} ~>=~ {first} AND {column} ~<~ {second})")
        }
    }
}

/// Of each way a style can match, the newest are read.
pub(super) fn styles_statement(text: &SearchPattern, most: PageSize) -> Sql {
    let mut sql = Sql::default();
    let matches = matching(&mut sql, text);
    let (name, tag) = (matches("lower(m.name)"), matches("t.name"));
    let listed = "m.is_active AND NOT m.is_flagged AND m.training_status = 'completed'";
    sql.text(format!(
        "
WITH named AS (
  SELECT m.id FROM style_models m WHERE {name} AND {listed} ORDER BY m.id DESC LIMIT {WINDOW}
), tagged AS (
  SELECT DISTINCT s.style_id AS id FROM tags t JOIN style_tags s ON s.tag_id = t.id
   WHERE {tag} ORDER BY s.style_id DESC LIMIT {WINDOW}
), found AS (
  SELECT id, true AS by_name FROM named
  UNION ALL
  SELECT id, false FROM tagged WHERE id NOT IN (SELECT id FROM named)
)
SELECT m.id, m.name, m.thumbnail_bucket, m.thumbnail_key, m.artist_id, u.username AS artist_username, a.artist_name,
       m.usage_count, f.by_name
  FROM found f
  JOIN style_models m ON m.id = f.id AND {listed}
  JOIN users u ON u.id = m.artist_id AND u.is_active
  JOIN artists a ON a.user_id = m.artist_id
 ORDER BY m.usage_count DESC, m.created_at DESC, m.id DESC LIMIT {limit}",
        limit = most.get(),
    ))
}

/// Of each way an artist can match, the newest are read.
pub(super) fn artists_statement(text: &SearchPattern, most: PageSize) -> Sql {
    let mut sql = Sql::default();
    let matches = matching(&mut sql, text);
    let (artist_name, username) = (matches("lower(a.artist_name)"), matches("lower(u.username)"));
    sql.text(format!(
        "
WITH named AS (
  SELECT a.user_id AS id FROM artists a WHERE {artist_name} ORDER BY a.user_id DESC LIMIT {WINDOW}
), called AS (
  SELECT u.id FROM users u JOIN artists a ON a.user_id = u.id WHERE {username} ORDER BY u.id DESC LIMIT {WINDOW}
), found AS (
  SELECT id, true AS by_artist_name FROM named
  UNION ALL
  SELECT id, false FROM called WHERE id NOT IN (SELECT id FROM named)
)
SELECT u.id, u.username, a.artist_name, p.profile_image_bucket, p.profile_image_key, a.follower_count,
       f.by_artist_name
  FROM found f
  JOIN users u ON u.id = f.id AND u.is_active
  JOIN user_profiles p ON p.user_id = f.id
  JOIN artists a ON a.user_id = f.id
 ORDER BY a.follower_count DESC, a.created_at DESC, u.id DESC LIMIT {limit}",
        limit = most.get(),
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

fn artist(row: &QueryResult) -> Result<FoundArtist, StorageError> {
    Ok(FoundArtist {
        user: fields::named(row, "id", "username")?,
        artist_name: row.get("artist_name")?,
        image: row.optional_object("profile_image_bucket", "profile_image_key")?,
        follower_count: row.get("follower_count")?,
        by_artist_name: row.get("by_artist_name")?,
    })
}
