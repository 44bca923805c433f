//! An artist's own styles.

use domain::{
    ArtistId, StorageError,
    page::{Page, PageRequest, Position},
    styles::OwnStyle,
};
use sea_orm::QueryResult;

use super::entity::{STYLE, read_style};
use crate::{PgStore, row::ReadRow};
use crate::{keyset::Keyset, sql::Sql};

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

pub(crate) fn statement(artist: ArtistId, page: PageRequest) -> Sql {
    let keyset = Keyset::newest("created_at", "id");
    let mut sql = Sql::new("", [artist.0.into()]);
    let after = keyset.after(&mut sql, "m", page.after);
    sql.text(format!(
        "
SELECT {STYLE}, m.total_earned_tokens, m.progress
  FROM style_models m
 WHERE m.artist_id = $1{after}
 ORDER BY {order} LIMIT {limit}",
        order = keyset.order("m"),
        limit = page.size.fetch(),
    ))
}

fn own_style(row: &QueryResult) -> Result<OwnStyle, StorageError> {
    Ok(OwnStyle {
        style: read_style(row)?,
        earned: row.tokens("total_earned_tokens")?,
        progress: row.get("progress")?,
    })
}
