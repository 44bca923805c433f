//! The list of styles everybody sees.

use domain::{
    StorageError,
    page::{Page, PageRequest, Position, Sort},
    styles::{StyleCard, StyleFilter},
};

use crate::PgStore;
use crate::{
    fields,
    keyset::{Keyset, WALK, WINDOW},
    sql::Sql,
    styles::tags::{self, StyleTags},
};

/// A page of styles.
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
    let cards = rows.iter().map(fields::card).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(cards, page.size, |card| Position {
        count: (sort == Sort::Popular).then_some(card.style.usage_count),
        time: card.style.created_at,
        id: card.style.id.0,
    }))
}

/// The statement of a page; `tags` are the filter's.
pub(crate) fn statement(filter: &StyleFilter, tags: Option<&StyleTags>, page: PageRequest) -> Sql {
    let mut sql = Sql::default();
    let choice = Choice::of(&mut sql, filter, page);
    let chosen = match tags {
        None => choice.untagged(),
        Some(tags) => choice.tagged(&mut sql, tags),
    };
    sql.text(format!(
        "
WITH {chosen}, page AS (
  SELECT m.* FROM chosen m ORDER BY {order} LIMIT {limit}
)
SELECT {style}, {card}
  FROM page l
  JOIN style_models m ON m.id = l.id
  JOIN artists a ON a.user_id = m.artist_id
  JOIN users u ON u.id = m.artist_id
 ORDER BY {listed}",
        order = choice.order,
        limit = choice.limit,
        style = fields::STYLE,
        card = fields::CARD,
        listed = choice.keyset.order("l"),
    ))
}

/// How the styles of a page are chosen. Finished ones, and the reader's own unfinished ones, are two pages, merged,
/// because each is an index of its own.
struct Choice {
    keyset: Keyset,
    order: String,
    limit: i64,
    /// What each must fulfil, whatever its state.
    condition: String,
    /// Whether they are all of one artist.
    one_artist: bool,
    unfinished: Option<String>,
}

const FINISHED: &str = "m.training_status = 'completed'";

impl Choice {
    fn of(sql: &mut Sql, filter: &StyleFilter, page: PageRequest) -> Self {
        let keyset = Keyset::sorted(filter.sort, "usage_count", "created_at", "id");
        let mut conditions = vec!["m.is_active AND NOT m.is_flagged".to_owned()];
        conditions.extend(
            filter
                .artist
                .map(|artist| format!("m.artist_id = {}", sql.bind(artist.0))),
        );
        let condition = conditions.join(" AND ") + &keyset.after(sql, "m", page.after);
        let unfinished = filter.unfinished_of.map(|reader| {
            let reader = sql.bind(reader.0);
            format!("m.training_status <> 'completed' AND m.artist_id = {reader}")
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

    /// The first styles of active accounts in `source` that are in `state` and fulfil `tags` too. Accounts are looked
    /// up one by one (`OFFSET 0`), in the order of the styles and no more than the page needs.
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

    /// Merges pages of finished styles with the one of unfinished ones.
    fn chosen(&self, mut pages: Vec<String>, tags: &str) -> String {
        let unfinished = self.unfinished.as_deref();
        pages.extend(unfinished.map(|unfinished| self.page("style_models", unfinished, tags)));
        format!("chosen AS (\n{}\n)", pages.join("\n  UNION ALL\n"))
    }

    /// Along the index of the order.
    fn untagged(&self) -> String {
        self.chosen(vec![self.page("style_models", FINISHED, "")], "")
    }

    /// One artist's styles are few and read whole. Else the newest styles of the rarest tag that carry the others too;
    /// for common tags only when a walk along the index of the order did not fill the page.
    fn tagged(&self, sql: &mut Sql, tags: &StyleTags) -> String {
        let Self {
            order,
            limit,
            condition,
            ..
        } = self;
        let ids = sql.bind(tags.ids.clone());
        // A count and no EXISTS: that the planner would turn into a join with all styles of the tag.
        let carries = |style: &str| {
            format!(
                " AND (SELECT count(*) FROM style_tags x WHERE x.style_id = {style} AND x.tag_id = ANY ({ids})) = {}",
                tags.ids.len()
            )
        };
        let of_styles = carries("m.id");
        if self.one_artist {
            let pages = vec![self.page("style_models", FINISHED, &of_styles)];
            return self.chosen(pages, &of_styles);
        }
        let mut of_tagged = if tags.ids.len() > 1 {
            carries("c.style_id")
        } else {
            String::new()
        };
        let mut first = String::new();
        let mut pages = vec![self.page("tagged", FINISHED, "")];
        if tags.common {
            let walk = format!(
                "(SELECT * FROM style_models m WHERE {FINISHED} AND {condition} ORDER BY {order} LIMIT {WALK})"
            );
            first = format!(
                "near AS MATERIALIZED (\n{}\n), ",
                self.page(&walk, FINISHED, &of_styles)
            );
            of_tagged = format!("{of_tagged} AND (SELECT count(*) FROM near) < {limit}");
            pages.push(format!(
                "  SELECT * FROM near WHERE (SELECT count(*) FROM near) >= {limit}"
            ));
        }
        let rarest = sql.bind(tags.ids.first().copied());
        let tagged = tagged(&rarest, &of_tagged);
        format!("{first}{tagged}, {}", self.chosen(pages, &of_styles))
    }
}

/// The newest styles of a tag. Each is read by its key (`OFFSET 0` keeps the planner from reading the whole table
/// instead).
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
