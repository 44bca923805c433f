//! Ids of the tags of a filter.

use domain::{StorageError, styles::TagName};
use sea_orm::QueryResult;

use crate::{PgStore, row::ReadRow};
use crate::{keyset::WINDOW, sql::Sql};

/// `None` when one of the tags does not exist, so that nothing can match.
pub(crate) async fn ids(store: &PgStore, tags: &[TagName]) -> Result<Option<Vec<i64>>, StorageError> {
    let names = names(tags);
    let expected = names.len();
    let text = "SELECT id FROM tags WHERE name = ANY ($1)";
    complete(&Sql::new(text, [names.into()]).all(store).await?, expected)
}

/// The tags of a style filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StyleTags {
    /// Rarest first; at least one.
    pub ids: Vec<i64>,
    /// Whether even the rarest is on more than [`WINDOW`] styles.
    pub common: bool,
}

/// `None` when one of the tags does not exist.
pub(crate) async fn of_styles(store: &PgStore, tags: &[TagName]) -> Result<Option<StyleTags>, StorageError> {
    let names = names(tags);
    let expected = names.len();
    let rows = counted_sql(names).all(store).await?;
    let Some(rarest) = rows.first() else {
        return Ok(None);
    };
    let common = rarest.get::<i64>("uses")? > WINDOW;
    Ok(complete(&rows, expected)?.map(|ids| StyleTags { ids, common }))
}

/// Counts up to one more than the window: the order of tags that are more common does not matter.
pub(crate) fn counted_sql(names: Vec<String>) -> Sql {
    let text = format!(
        "
SELECT t.id, c.uses
  FROM tags t
 CROSS JOIN LATERAL (
   SELECT count(*) AS uses FROM (
     SELECT FROM style_tags s WHERE s.tag_id = t.id ORDER BY s.style_id DESC LIMIT {limit}) s) c
 WHERE t.name = ANY ($1)
 ORDER BY c.uses, t.id",
        limit = WINDOW + 1
    );
    Sql::new(text, [names.into()])
}

/// Distinct names.
fn names(tags: &[TagName]) -> Vec<String> {
    let mut names: Vec<String> = tags.iter().map(|tag| tag.as_str().to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn complete(rows: &[QueryResult], expected: usize) -> Result<Option<Vec<i64>>, StorageError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    Ok((ids.len() == expected).then_some(ids))
}
