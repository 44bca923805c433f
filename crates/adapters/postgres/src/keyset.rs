//! The order of a list, and where in it a page starts.

use domain::page::{Position, Sort};

use crate::sql::Sql;

/// A filter by several tags reads at most this many of the newest rows that carry the rarest of them, and an order
/// without an index of its own at most this many of the newest rows.
pub(crate) const WINDOW: i64 = 10_000;

/// A filter by a common tag looks at so many rows along the order of the list before it asks for the tag's own rows: a
/// tag that the window does not hold is on one row in a hundred, as long as there are no more than a million.
pub(crate) const WALK: i64 = 2_500;

/// A descending order by an optional count, a time and an id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keyset {
    count: Option<&'static str>,
    time: &'static str,
    id: &'static str,
}

impl Keyset {
    /// Newest first.
    pub(crate) const fn newest(time: &'static str, id: &'static str) -> Self {
        Self {
            count: None,
            time,
            id,
        }
    }

    /// Newest first, or highest count first, as `sort` says.
    pub(crate) fn sorted(sort: Sort, count: &'static str, time: &'static str, id: &'static str) -> Self {
        Self {
            count: (sort == Sort::Popular).then_some(count),
            time,
            id,
        }
    }

    /// What stands behind `ORDER BY`; the columns carry the alias of `table`.
    pub(crate) fn order(&self, table: &str) -> String {
        let terms: Vec<String> = self
            .columns(table)
            .map(|column| format!("{column} DESC"))
            .collect();
        terms.join(", ")
    }

    /// The condition, with a leading `AND`, that rows of `table` come after `position`; nothing for the first page.
    pub(crate) fn after(&self, sql: &mut Sql, table: &str, position: Option<Position>) -> String {
        let Some(position) = position else {
            return String::new();
        };
        let mut values = Vec::with_capacity(3);
        if self.count.is_some() {
            values.push(sql.bind(position.count.unwrap_or_default()));
        }
        values.push(sql.bind(position.time));
        values.push(sql.bind(position.id));
        let columns: Vec<String> = self.columns(table).collect();
        format!(" AND ({}) < ({})", columns.join(", "), values.join(", "))
    }

    fn columns<'a>(&'a self, table: &'a str) -> impl Iterator<Item = String> + 'a {
        self.count
            .into_iter()
            .chain([self.time, self.id])
            .map(move |column| format!("{table}.{column}"))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_page_starts_after_the_whole_key() {
        let key = Keyset::sorted(Sort::Popular, "uses", "at", "id");
        let mut sql = Sql::default();
        let place = Position {
            count: Some(3),
            time: DateTime::UNIX_EPOCH,
            id: 7,
        };
        assert_eq!(key.order("m"), "m.uses DESC, m.at DESC, m.id DESC");
        assert_eq!(
            key.after(&mut sql, "m", Some(place)),
            " AND (m.uses, m.at, m.id) < ($1, $2, $3)"
        );
        assert_eq!(key.after(&mut sql, "m", None), "");
    }

    #[test]
    fn the_newest_first_order_needs_no_count() {
        let key = Keyset::sorted(Sort::Recent, "uses", "at", "id");
        let mut sql = Sql::default();
        let place = Position::at(DateTime::UNIX_EPOCH, 7);
        assert_eq!(
            key.after(&mut sql, "m", Some(place)),
            " AND (m.at, m.id) < ($1, $2)"
        );
    }
}
