//! Keyset pagination: a page starts after a (sort key, id) pair, so that concurrent inserts neither skip nor repeat
//! rows.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use crate::FieldError;

/// Rows per page: 1 to 100, by default 20.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u16);

impl PageSize {
    pub const MAX: i64 = 100;

    pub fn new(rows: i64) -> Result<Self, FieldError> {
        match u16::try_from(rows) {
            Ok(n @ 1..=100) => Ok(Self(n)),
            _ => Err(FieldError::OutOfRange {
                min: 1,
                max: Self::MAX,
            }),
        }
    }

    pub fn get(self) -> usize {
        usize::from(self.0)
    }

    /// Rows to fetch: one more than the page size, to know whether there is a next page.
    pub fn fetch(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(20)
    }
}

/// The cursor: the position after which a page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Count of the last row, when sorted by a count (`popular`).
    pub count: Option<i64>,
    /// Time of the last row.
    pub time: DateTime<Utc>,
    /// Id of the last row.
    pub id: i64,
}

impl Position {
    /// A position in a list sorted by time.
    pub fn at(time: DateTime<Utc>, id: i64) -> Self {
        Self {
            count: None,
            time,
            id,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageRequest {
    /// `None`: the first page.
    pub after: Option<Position>,
    pub size: PageSize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Start of the next page; `None` on the last page.
    pub next: Option<Position>,
}

impl<T> Page<T> {
    /// Makes a page of `rows` fetched with [`PageSize::fetch`], and drops the extra row.
    pub fn of(mut rows: Vec<T>, size: PageSize, position: impl Fn(&T) -> Position) -> Self {
        let more = rows.len() > size.get();
        rows.truncate(size.get());
        let next = if more { rows.last().map(position) } else { None };
        Self { rows, next }
    }
}

/// Order of a public list.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, EnumString, IntoStaticStr, VariantArray, VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Sort {
    /// Newest first.
    #[default]
    Recent,
    /// Most used or liked first, then newest. A row whose count changes may move across the cursor.
    Popular,
}

crate::string_enum::string_enum! { Sort }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extra_row_marks_a_next_page() {
        let size = PageSize::new(2).unwrap();
        let position = |id: &i64| Position::at(DateTime::UNIX_EPOCH, *id);
        let page = Page::of(vec![9, 8, 7], size, position);
        assert_eq!(
            (page.rows, page.next),
            (vec![9, 8], Some(Position::at(DateTime::UNIX_EPOCH, 8)))
        );
        let last = Page::of(vec![7, 6], size, position);
        assert_eq!((last.rows, last.next), (vec![7, 6], None));
    }

    #[test]
    fn a_page_has_1_to_100_rows() {
        for bad in [0, -1, 101, i64::MAX] {
            assert_eq!(
                PageSize::new(bad),
                Err(FieldError::OutOfRange { min: 1, max: 100 })
            );
        }
        assert_eq!(PageSize::new(100).map(PageSize::get), Ok(100));
    }
}
