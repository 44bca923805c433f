//! An artist's own styles.

use domain::{
    ArtistId, StorageError, StyleId,
    page::{Page, PageRequest, Position},
    styles::OwnStyle,
};
use sea_orm::QueryResult;

use crate::{PgStore, row::ReadRow};
use crate::{fields, keyset::Keyset, sql::Sql};

/// A page, newest first.
pub(crate) async fn list(
    store: &PgStore,
    artist: ArtistId,
    page: PageRequest,
) -> Result<Page<OwnStyle>, StorageError> {
    let rows = statement(artist, page).all(store).await?;
    let styles = rows.iter().map(own_style).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(styles, page.size, |style| {
        Position::at(style.created_at, style.id.0)
    }))
}

/// The statement of a page.
pub(crate) fn statement(artist: ArtistId, page: PageRequest) -> Sql {
    let keyset = Keyset::newest("created_at", "id");
    let mut sql = Sql::new("", [artist.0.into()]);
    let after = keyset.after(&mut sql, "m", page.after);
    sql.text(format!(
        "
SELECT m.id, m.name, m.training_status, m.generation_cost_tokens, m.usage_count, m.total_earned_tokens, m.progress,
       m.created_at
  FROM style_models m
 WHERE m.artist_id = $1{after}
 ORDER BY {order} LIMIT {limit}",
        order = keyset.order("m"),
        limit = page.size.fetch(),
    ))
}

fn own_style(row: &QueryResult) -> Result<OwnStyle, StorageError> {
    Ok(OwnStyle {
        id: StyleId(row.get("id")?),
        name: row.get("name")?,
        status: fields::training_status(row)?,
        price: row.tokens("generation_cost_tokens")?,
        usage_count: row.get("usage_count")?,
        earned: row.tokens("total_earned_tokens")?,
        progress: row.get("progress")?,
        created_at: row.get("created_at")?,
    })
}
