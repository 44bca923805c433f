//! A user's own generations.

use domain::{
    StorageError, UserId,
    generations::{GenerationStatus, OwnGeneration, OwnGenerationFilter},
    page::{Page, PageRequest, Position},
};
use sea_orm::QueryResult;

use super::entity::{GENERATION, read_generation};
use crate::{PgStore, row::ReadRow};
use crate::{fields, keyset::Keyset, sql::Sql};

pub(crate) async fn list(
    store: &PgStore,
    user: UserId,
    filter: &OwnGenerationFilter,
    page: PageRequest,
) -> Result<Page<OwnGeneration>, StorageError> {
    let rows = statement(user, filter, page).all(store).await?;
    let generations = rows.iter().map(own_generation).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(generations, page.size, |own| {
        Position::at(own.request.created_at, own.request.id.0)
    }))
}

/// The states are literals, not parameters: open and failed generations have a partial index each, which the planner
/// uses only for literals.
pub(crate) fn statement(user: UserId, filter: &OwnGenerationFilter, page: PageRequest) -> Sql {
    let keyset = Keyset::newest("created_at", "id");
    let mut sql = Sql::new("", [user.0.into()]);
    let mut conditions = vec!["g.user_id = $1".to_owned()];
    if !filter.statuses.is_empty() {
        conditions.push(format!("g.status IN ({})", status_list(&filter.statuses)));
    }
    // A generation without an image is private.
    conditions.extend(filter.is_public.map(|is_public| {
        if is_public {
            // By the user's posts, because nearly all generations may be private.
            "g.id IN (SELECT x.generation_id FROM community_posts x WHERE x.user_id = $1 AND x.visible)"
                .to_owned()
        } else {
            "i.is_public IS NOT TRUE".to_owned()
        }
    }));
    let condition = conditions.join(" AND ");
    let after = keyset.after(&mut sql, "g", page.after);
    sql.text(format!(
        "
SELECT {GENERATION}, g.progress, m.name AS style_name, {image}
  FROM generation_requests g
  JOIN style_models m ON m.id = g.style_id
  LEFT JOIN generated_images i ON i.generation_id = g.id
  LEFT JOIN community_posts p ON p.generation_id = g.id
 WHERE {condition}{after}
 ORDER BY {order} LIMIT {limit}",
        image = fields::image_columns("$1"),
        order = keyset.order("g"),
        limit = page.size.fetch(),
    ))
}

/// Distinct and in a fixed order, so that equal filters have the same SQL text.
fn status_list(statuses: &[GenerationStatus]) -> String {
    let literals: Vec<String> = GenerationStatus::all()
        .filter(|status| statuses.contains(status))
        .map(|status| format!("'{}'", status.as_str()))
        .collect();
    literals.join(", ")
}

fn own_generation(row: &QueryResult) -> Result<OwnGeneration, StorageError> {
    Ok(OwnGeneration {
        request: read_generation(row)?,
        style_name: row.get("style_name")?,
        image: fields::image(row)?,
        progress: row.get("progress")?,
    })
}
