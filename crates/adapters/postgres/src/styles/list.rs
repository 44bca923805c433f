//! The public list of styles.

use domain::{
    StorageError,
    page::{Page, PageRequest, Position, Sort},
    styles::{StyleCard, StyleFilter},
};

use super::entity::{CARD, STYLE, card};
use crate::PgStore;
use crate::{
    keyset::{Keyset, ORDER_SCAN_LIMIT, WINDOW},
    sql::Sql,
    styles::tags::{self, StyleTags},
};

pub(crate) async fn list(
    store: &PgStore,
    filter: StyleFilter,
    page: PageRequest,
) -> Result<Page<StyleCard>, StorageError> {
    let tags = if filter.tags.is_empty() {
        None
    } else {
        let tags = tags::of_styles(store, &filter.tags).await?;
        if tags.is_none() {
            return Ok(Page {
                rows: Vec::new(),
                next: None,
            });
        }
        tags
    };
    let sort = filter.sort;
    let rows = statement(&filter, tags.as_ref(), page).all(store).await?;
    let cards = rows.iter().map(card).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(cards, page.size, |card| Position {
        count: (sort == Sort::Popular).then_some(card.style.usage_count),
        time: card.style.created_at,
        id: card.style.id.0,
    }))
}

/// `tags` are those of the filter.
pub(crate) fn statement(filter: &StyleFilter, tags: Option<&StyleTags>, page: PageRequest) -> Sql {
    let mut sql = Sql::default();
    let selection = Selection::of(&mut sql, filter, page);
    let selected = match tags {
        None => selection.untagged(),
        Some(tags) => selection.tagged(&mut sql, tags),
    };
    sql.text(format!(
        "
WITH {selected}, page AS (
  SELECT m.* FROM selected m ORDER BY {order} LIMIT {limit}
)
SELECT {STYLE}, {CARD}
  FROM page l
  JOIN style_models m ON m.id = l.id
  JOIN artists a ON a.user_id = m.artist_id
  JOIN users u ON u.id = m.artist_id
 ORDER BY {listed}",
        order = selection.order,
        limit = selection.limit,
        listed = selection.keyset.order("l"),
    ))
}

/// How the styles of a page are selected. Finished styles and the viewer's own unfinished ones are two pages that are
/// merged, because each has its own index.
struct Selection {
    keyset: Keyset,
    order: String,
    limit: i64,
    /// Condition for styles in any state.
    condition: String,
    /// Whether the filter names an artist.
    one_artist: bool,
    unfinished: Option<String>,
}

const FINISHED: &str = "m.training_status = 'completed'";

impl Selection {
    fn of(sql: &mut Sql, filter: &StyleFilter, page: PageRequest) -> Self {
        let keyset = Keyset::sorted(filter.sort, "usage_count", "created_at", "id");
        let mut conditions = vec!["m.is_active AND NOT m.is_flagged".to_owned()];
        conditions.extend(
            filter
                .artist
                .map(|artist| format!("m.artist_id = {}", sql.bind(artist.0))),
        );
        let condition = conditions.join(" AND ") + &keyset.after(sql, "m", page.after);
        let unfinished = filter.unfinished_of.map(|viewer| {
            let viewer = sql.bind(viewer.0);
            format!("m.training_status <> 'completed' AND m.artist_id = {viewer}")
        });
        Self {
            order: keyset.order("m"),
            keyset,
            limit: page.size.fetch(),
            condition,
            one_artist: filter.artist.is_some(),
            unfinished,
        }
    }

    /// A page of the styles in `source` that fulfill `state` and `tags`, of active artists. `OFFSET 0` makes the
    /// planner look up accounts one by one, in the order of the styles and only as many as the page needs.
    fn page(&self, source: &str, state: &str, tags: &str) -> String {
        let Self {
            order,
            limit,
            condition,
            ..
        } = self;
        format!(
            "  (SELECT m.id, m.usage_count, m.created_at
     FROM {source} m
    CROSS JOIN LATERAL (SELECT FROM users u WHERE u.id = m.artist_id AND u.is_active OFFSET 0) u
    WHERE {state} AND {condition}{tags}
    ORDER BY {order} LIMIT {limit})"
        )
    }

    /// Merges pages of finished styles with the page of unfinished ones.
    fn merged(&self, mut pages: Vec<String>, tags: &str) -> String {
        let unfinished = self.unfinished.as_deref();
        pages.extend(unfinished.map(|unfinished| self.page("style_models", unfinished, tags)));
        format!("selected AS (\n{}\n)", pages.join("\n  UNION ALL\n"))
    }

    /// Scans the index of the order.
    fn untagged(&self) -> String {
        self.merged(vec![self.page("style_models", FINISHED, "")], "")
    }

    /// One artist has few styles, which are all read. Otherwise reads the newest styles with the rarest tag and filters
    /// them by the other tags; for common tags only when a scan in list order does not fill the page.
    fn tagged(&self, sql: &mut Sql, tags: &StyleTags) -> String {
        let Self {
            order,
            limit,
            condition,
            ..
        } = self;
        let ids = sql.bind(tags.ids.clone());
        // A count instead of EXISTS, which the planner would turn into a join with all styles of the tag.
        let has_tags = |style: &str| {
            format!(
                " AND (SELECT count(*) FROM style_tags x WHERE x.style_id = {style} AND x.tag_id = ANY ({ids})) = {}",
                tags.ids.len()
            )
        };
        let style_has_tags = has_tags("m.id");
        if self.one_artist {
            let pages = vec![self.page("style_models", FINISHED, &style_has_tags)];
            return self.merged(pages, &style_has_tags);
        }
        let mut tagged_condition = if tags.ids.len() > 1 {
            has_tags("c.style_id")
        } else {
            String::new()
        };
        let mut scan = String::new();
        let mut pages = vec![self.page("tagged", FINISHED, "")];
        if tags.common {
            let first_rows = format!(
                "(SELECT * FROM style_models m WHERE {FINISHED} AND {condition} ORDER BY {order} LIMIT {ORDER_SCAN_LIMIT})"
            );
            scan = format!(
                "scanned AS MATERIALIZED (\n{}\n), ",
                self.page(&first_rows, FINISHED, &style_has_tags)
            );
            tagged_condition = format!("{tagged_condition} AND (SELECT count(*) FROM scanned) < {limit}");
            pages.push(format!(
                "  SELECT * FROM scanned WHERE (SELECT count(*) FROM scanned) >= {limit}"
            ));
        }
        let rarest = sql.bind(tags.ids.first().copied());
        let tagged = tagged(&rarest, &tagged_condition);
        format!("{scan}{tagged}, {}", self.merged(pages, &style_has_tags))
    }
}

/// The newest styles with a tag. `OFFSET 0` makes the planner read each by its key instead of scanning the table.
fn tagged(rarest: &str, condition: &str) -> String {
    format!(
        "tagged AS MATERIALIZED (
  SELECT m.* FROM (
    SELECT s.style_id FROM style_tags s WHERE s.tag_id = {rarest} ORDER BY s.style_id DESC LIMIT {WINDOW}) c
   CROSS JOIN LATERAL (
    SELECT id, artist_id, usage_count, created_at, training_status, is_active, is_flagged
      FROM style_models WHERE id = c.style_id OFFSET 0) m
   WHERE true{condition}
)"
    )
}
