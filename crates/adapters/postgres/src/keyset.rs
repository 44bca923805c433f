//! Keyset pagination: the order of a list, and the start of a page.

use domain::page::{Position, Sort};

use crate::sql::Sql;

/// A filter by tags reads at most this many of the newest rows with the rarest tag. An order without an index reads at
/// most this many of the newest rows.
pub(crate) const WINDOW: i64 = 10_000;

/// A filter by a common tag first scans this many rows in list order, before it reads the tag's own rows. Among up to a
/// million rows, a tag that exceeds [`WINDOW`] is on at least one row in a hundred.
pub(crate) const ORDER_SCAN_LIMIT: i64 = 2_500;

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

    /// Newest first, or highest count first.
    pub(crate) fn sorted(sort: Sort, count: &'static str, time: &'static str, id: &'static str) -> Self {
        Self {
            count: (sort == Sort::Popular).then_some(count),
            time,
            id,
        }
    }

    /// The terms of `ORDER BY`, with the columns of `table`.
    pub(crate) fn order(&self, table: &str) -> String {
        let terms: Vec<String> = self
            .columns(table)
            .map(|column| format!("{column} DESC"))
            .collect();
        terms.join(", ")
    }

    /// The condition, with a leading `AND`, for rows of `table` after `position`. Empty for the first page.
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
        let keyset = Keyset::sorted(Sort::Popular, "uses", "at", "id");
        let mut sql = Sql::default();
        let position = Position {
            count: Some(3),
            time: DateTime::UNIX_EPOCH,
            id: 7,
        };
        assert_eq!(keyset.order("m"), "m.uses DESC, m.at DESC, m.id DESC");
        assert_eq!(
            keyset.after(&mut sql, "m", Some(position)),
            " AND (m.uses, m.at, m.id) < ($1, $2, $3)"
        );
        assert_eq!(keyset.after(&mut sql, "m", None), "");
    }

    #[test]
    fn the_newest_first_order_needs_no_count() {
        let keyset = Keyset::sorted(Sort::Recent, "uses", "at", "id");
        let mut sql = Sql::default();
        let position = Position::at(DateTime::UNIX_EPOCH, 7);
        assert_eq!(
            keyset.after(&mut sql, "m", Some(position)),
            " AND (m.at, m.id) < ($1, $2)"
        );
    }
}
