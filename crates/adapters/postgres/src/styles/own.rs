//! An artist's own styles.

use domain::{
    ArtistId, StorageError,
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
    Ok(Page::of(styles, page.size, |own| {
        Position::at(own.style.created_at, own.style.id.0)
    }))
}

/// The statement of a page.
pub(crate) fn statement(artist: ArtistId, page: PageRequest) -> Sql {
    let keyset = Keyset::newest("created_at", "id");
    let mut sql = Sql::new("", [artist.0.into()]);
    let after = keyset.after(&mut sql, "m", page.after);
    sql.text(format!(
        "
SELECT {style}, m.total_earned_tokens, m.progress
  FROM style_models m
 WHERE m.artist_id = $1{after}
 ORDER BY {order} LIMIT {limit}",
        style = fields::STYLE,
        order = keyset.order("m"),
        limit = page.size.fetch(),
    ))
}

fn own_style(row: &QueryResult) -> Result<OwnStyle, StorageError> {
    Ok(OwnStyle {
        style: fields::style(row)?,
        earned: row.tokens("total_earned_tokens")?,
        progress: row.get("progress")?,
    })
}
